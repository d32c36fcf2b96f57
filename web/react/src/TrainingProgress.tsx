"use client";
import type { Croquis, Training } from "@croquis/client";
import { useEffect, useState } from "react";
import { Ask } from "./Ask";
import { LossCurve } from "./LossCurve";
import parts from "./parts.module.css";
import { Picture } from "./Picture";
import { TrainingLog } from "./TrainingLog";
import styles from "./TrainingProgress.module.css";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { useLog } from "./useLog";
import { words } from "./words";

const SAID = words.progress;
const STAGE_OF: Record<string, number> = { queued: 0, preparing: 0, training: 1, ingesting: 2, previewing: 3 };
const LATE = 150_000; // ms without news

export interface TrainingProgressProps {
  croquis: Croquis;
  training: Training;
  onChange: () => void;
}

/** How far a training is: stage, step, minutes left, price, loss, log, previews as they come; and what stopping it costs. */
export function TrainingProgress({ croquis, training, onChange }: TrainingProgressProps) {
  const [asked, setAsked] = useState(false);
  const action = useAction();
  const run = training.runs.at(-1)!;
  const log = useLog(croquis, training.id, run);
  const late = useLate(`${run.status} ${run.step}`);
  const stage = STAGE_OF[training.status] ?? 0;
  const total = run.total_steps ?? run.steps;
  const previews = training.previews.filter((it) => it.run === run.run);
  return (
    <div className={styles.progress}>
      <header>
        <h1>{training.model_name}</h1>
        <p className={styles.left} role="status">
          {training.cancel_requested ? SAID.canceling : words.job[training.status]} ·{" "}
          {late ? SAID.late : SAID.left(training.minutes_left)}
        </p>
      </header>
      <div>
        <progress className={styles.bar} value={training.progress} aria-label={words.job[training.status]} />
        <ol className={styles.stages}>
          {SAID.stages.map((it, place) => (
            <li key={it} aria-current={place === stage ? "step" : undefined} data-done={place < stage}>
              {it}
            </li>
          ))}
        </ol>
        <p className={styles.facts}>
          <span>{run.step === null ? "" : SAID.stepOf(run.step, total)}</span>
          <span>
            {run.step ? `${SAID.soFar((Number(run.expected_usd) * run.step) / total)} · ` : ""}
            {SAID.price(run.expected_usd)}
          </span>
        </p>
      </div>
      <div className={styles.columns}>
        <section>
          <h2>{SAID.loss}</h2>
          <LossCurve points={log.points} totalSteps={total} />
        </section>
        <TrainingLog lines={log.lines} />
      </div>
      {previews.length > 0 && (
        <div className={styles.previews}>
          {previews.map((it) => (
            <Picture key={it.id} picture={it} name={words.result.preview(it.position)} />
          ))}
        </div>
      )}
      <p className={parts.note}>
        {SAID.noSamples} {SAID.away}
      </p>
      <Trouble error={action.error} />
      <div>
        <button
          type="button"
          className={parts.plain}
          disabled={action.busy || training.cancel_requested}
          onClick={() => setAsked(true)}
        >
          {SAID.cancel}
        </button>
      </div>
      {asked && (
        <Ask
          title={SAID.cancel}
          question={SAID.cancelAsk(run.expected_usd)}
          yes={SAID.cancel}
          no={SAID.keep}
          onYes={() => void action.run(() => croquis.trainings.cancel(training.id).then(onChange))}
          onClose={() => setAsked(false)}
        />
      )}
    </div>
  );
}

/** Whether nothing has moved for longer than it ever should. */
function useLate(moved: string): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    setLate(false);
    const timer = setTimeout(() => setLate(true), LATE);
    return () => clearTimeout(timer);
  }, [moved]);
  return late;
}
