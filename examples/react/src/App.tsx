import "fantail-player";
import type { UxnPlayer } from "fantail-player";
import { useRef, useState } from "react";

export function App() {
  const player = useRef<UxnPlayer>(null);
  const [isPlaying, setIsPlaying] = useState(false);
  const [name, setName] = useState("A Uxn program");
  const [printed, setPrinted] = useState("");

  const toggle = () => {
    if (isPlaying) player.current?.pause();
    // The player itself says what went wrong, if anything did.
    else player.current?.play().catch(() => {});
  };

  return (
    <main style={{ maxWidth: "42rem", margin: "2rem auto", fontFamily: "system-ui, sans-serif" }}>
      <h1>{name}</h1>
      <uxn-player
        ref={player}
        src="hello.rom"
        volume={0.5}
        onplay={() => setIsPlaying(true)}
        onpause={() => setIsPlaying(false)}
        onexit={() => setIsPlaying(false)}
        onerror={() => setIsPlaying(false)}
        onloadedmetadata={() => setName(player.current?.programName ?? "")}
        onconsole={({ detail }) => setPrinted((text) => text + detail.text)}
      />
      <p>
        <button type="button" onClick={toggle}>
          {isPlaying ? "Pause" : "Play"}
        </button>{" "}
        <button type="button" onClick={() => player.current?.reset()}>
          Reset
        </button>
      </p>
      {printed && <pre>{printed}</pre>}
    </main>
  );
}
