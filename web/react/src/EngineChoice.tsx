import { useId } from "react";
import styles from "./Settings.module.css";
import { words } from "./words";

const SAID = words.tryOn;
export const ENGINES = Object.keys(SAID.engines) as (keyof typeof SAID.engines)[];
export type Engine = (typeof ENGINES)[number];

/** Which engine puts garments on, and what it is for. */
export function EngineChoice({ engine, onChoose }: { engine: Engine; onChoose: (engine: Engine) => void }) {
  const group = useId();
  return (
    <div className={styles.presets} role="radiogroup" aria-label={SAID.engine}>
      {ENGINES.map((it) => (
        <label key={it} className={styles.preset}>
          <input type="radio" name={group} checked={engine === it} onChange={() => onChoose(it)} />
          <strong>{SAID.engines[it][0]}</strong>
          <span>{SAID.engines[it][1]}</span>
        </label>
      ))}
    </div>
  );
}
