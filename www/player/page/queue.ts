/**
 * The order in which the page's listeners are called.
 *
 * A listener may call any method of the player. So listeners are called between the player's actions and never in the
 * middle of one: what an action has to tell waits until the action is complete.
 */

/**
 * How many times in a row a listener may cause the next event. Two listeners that answer each other for ever must not
 * freeze the page: after this many rounds the browser has its turn.
 */
const ROUNDS = 100;

/** Calls of the page's listeners, first come, first served. */
export class ListenerQueue {
  #tasks: (() => void)[] = [];
  /** How many actions are under way, one inside the other. */
  #depth = 0;

  /** Does one action of the player. Tasks that it adds are done when the outermost action is complete. */
  during<T>(action: () => T): T {
    this.#depth++;
    try {
      return action();
    } finally {
      this.#depth--;
      this.#drain();
    }
  }

  /**
   * Adds a task that calls listeners: by dispatching an event, or by moving the focus. The task is done at once if
   * no action is under way. Otherwise things may have changed before it is done, so a task looks at how they are then.
   */
  add(task: () => void): void {
    this.#tasks.push(task);
    this.#drain();
  }

  #drain(): void {
    if (this.#depth > 0) return;
    this.#depth++;
    try {
      for (let round = 0; this.#tasks.length > 0; round++) {
        if (round === ROUNDS) {
          setTimeout(() => this.#drain());
          return;
        }
        for (const task of this.#tasks.splice(0)) attempt(task);
      }
    } finally {
      this.#depth--;
    }
  }
}

/** A task that fails must not keep the next ones from being done. */
function attempt(task: () => void): void {
  try {
    task();
  } catch (error) {
    reportError(error);
  }
}
