// The oldest browsers that the player is built for: the first with `light-dark()` in style sheets. Others are asked
// for at run time, such as tail calls.

export const target = ["chrome123", "firefox120", "safari17.5"];
