"use client";
import { useState } from "react";
import styles from "./LookBookOrder.module.css";
import parts from "./parts.module.css";
import { toggled } from "./WornChoice";
import { words } from "./words";

const SAID = words.lookBook;

interface PoseChoiceProps {
  poses: readonly string[];
  onChange: (poses: readonly string[]) => void;
}

/** Poses to choose from, and one's own. */
export function PoseChoice({ poses, onChange }: PoseChoiceProps) {
  const [own, setOwn] = useState("");
  const all = [...new Set([...SAID.poses, ...poses])];
  function add(): void {
    const pose = own.trim();
    if (pose && !poses.includes(pose)) onChange([...poses, pose]);
    setOwn("");
  }
  return (
    <>
      <div className={parts.chips} role="group" aria-label={SAID.columns}>
        {all.map((it) => (
          <label key={it} className={parts.chip}>
            <input type="checkbox" checked={poses.includes(it)} onChange={() => onChange(toggled(poses, it))} />
            <span>{it}</span>
          </label>
        ))}
      </div>
      <div className={styles.own}>
        <label className={parts.field}>
          <span className={parts.label}>{SAID.pose}</span>
          <input
            value={own}
            maxLength={300}
            autoComplete="off"
            onChange={({ target }) => setOwn(target.value)}
            onKeyDown={({ key }) => key === "Enter" && add()}
          />
        </label>
        <button type="button" className={parts.plain} disabled={!own.trim()} onClick={add}>
          {SAID.addPose}
        </button>
      </div>
    </>
  );
}
