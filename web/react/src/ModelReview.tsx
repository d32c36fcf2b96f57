"use client";
import type { Croquis, Run, Schemas, Training } from "@croquis/client";
import { type ReactNode, useCallback, useState } from "react";
import { Ask } from "./Ask";
import { Exam } from "./Exam";
import { Lightbox } from "./Lightbox";
import styles from "./ModelReview.module.css";
import parts from "./parts.module.css";
import { PhotoSlots } from "./PhotoSlots";
import { Picture } from "./Picture";
import type { Parameters } from "./presets";
import { Settings } from "./Settings";
import { steadyUrl } from "./steadyUrl";
import { Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { orderAnswered, orderKey } from "./orderKey";
import { words } from "./words";

const SAID = words.result;

export interface ModelReviewProps {
  croquis: Croquis;
  training: Training;
  onChange: () => void;
}

/** Previews large and side by side with known photos, the exam in words; approve, train again, reject, restore a run. */
export function ModelReview({ croquis, training, onChange }: ModelReviewProps) {
  const [opened, setOpened] = useState<string>();
  const [asked, setAsked] = useState<"retry" | "reject">();
  const action = useAction();
  const runs = [...training.runs].reverse();
  const waits = training.status === "in_review";
  const known = training.photos.filter((it) => it.status === "accepted" && it.thumbnail_url).slice(0, 4);
  const act = (doing: () => Promise<unknown>) => void action.run(() => doing().then(onChange));
  return (
    <div className={styles.review}>
      {waits && (
        <header>
          <h1>{SAID.titleOf(training.model_name)}</h1>
          <p className={styles.lead}>{SAID.lead}</p>
        </header>
      )}
      {known.length > 0 && (
        <ul className={styles.known} aria-label={SAID.known}>
          {known.map((it) => (
            <li key={it.id}>
              <img src={steadyUrl(it.thumbnail_url!)} alt={it.caption ?? ""} />
            </li>
          ))}
        </ul>
      )}
      {runs.map((run) => (
        <RunPreviews key={run.run} run={run} training={training} onOpen={setOpened}>
          {training.model && restorable(run, training) && (
            <button
              type="button"
              className={parts.link}
              disabled={action.busy}
              onClick={() => act(() => croquis.models.restore(training.model!.id, run.run))}
            >
              {SAID.restore}
            </button>
          )}
        </RunPreviews>
      ))}
      <Trouble error={action.error} />
      {waits && asked !== "retry" && (
        <div className={styles.decide}>
          <button
            type="button"
            className={parts.primary}
            disabled={action.busy}
            onClick={() => act(() => croquis.trainings.decide(training.id, "approve"))}
          >
            {SAID.approve}
          </button>
          <button type="button" className={parts.plain} onClick={() => setAsked("retry")}>
            {SAID.retry}
          </button>
          <button type="button" className={parts.link} onClick={() => setAsked("reject")}>
            {SAID.reject}
          </button>
        </div>
      )}
      {asked === "retry" && (
        <Retry croquis={croquis} training={training} onChange={onChange} onClose={() => setAsked(undefined)} />
      )}
      {asked === "reject" && (
        <Ask
          title={SAID.reject}
          question={SAID.rejectAsk}
          yes={SAID.reject}
          onYes={() => act(() => croquis.trainings.decide(training.id, "reject"))}
          onClose={() => setAsked(undefined)}
        />
      )}
      {opened && (
        <Lightbox
          pictures={training.previews.filter((it) => it.url)}
          at={opened}
          onMove={setOpened}
          onClose={() => setOpened(undefined)}
        />
      )}
    </div>
  );
}

/** An earlier run is taken back only after an approval, when it is not the one in use. */
function restorable(run: Run, { status, model }: Training): boolean {
  return status === "approved" && run.weights_sha256 !== null && model?.active_run !== run.run;
}

interface RunPreviewsProps {
  run: Run;
  training: Training;
  onOpen: (pictureId: string) => void;
  children: ReactNode;
}

function RunPreviews({ run, training, onOpen, children }: RunPreviewsProps) {
  const previews = training.previews.filter((it) => it.run === run.run);
  return (
    <section className={styles.run} aria-label={SAID.run(run.run)}>
      <header className={parts.row}>
        <h2>{SAID.run(run.run)}</h2>
        <p className={parts.note}>
          {SAID.settings(words.settings.presets[run.preset][0], run.steps, run.lora_rank)}
          {run.actual_usd && ` · ${SAID.paid(run.actual_usd)}`}
          {training.model?.active_run === run.run && ` · ${SAID.active}`}
        </p>
        {children}
      </header>
      {run.problem && (
        <p className={parts.trouble}>
          <strong>{run.problem.sentence}</strong> {run.problem.hint}
        </p>
      )}
      {previews.length > 0 && (
        <>
          <div className={styles.previews}>
            {previews.map((it) => (
              <Picture key={it.id} picture={it} name={SAID.preview(it.position)} onOpen={() => onOpen(it.id)} />
            ))}
          </div>
          <Exam exam={run.exam} />
        </>
      )}
    </section>
  );
}

/** Settings and price of another run; photos and captions can be changed before. */
export function Retry({ croquis, training, onChange, onClose }: ModelReviewProps & { onClose: () => void }) {
  const last = training.runs.at(-1)!;
  const [parameters, setParameters] = useState<Parameters>({ preset: last.preset });
  const [estimate, setEstimate] = useState<Schemas["DryRunView"]>();
  const action = useAction();
  const tryOut = useCallback((it: Parameters) => croquis.trainings.tryRetry(training.id, it), [croquis, training.id]);
  function order(): void {
    const of = [training.id, last.run, parameters]; // after another run it is another order
    void action.run(async () => {
      await croquis.trainings.retry(training.id, parameters, orderKey(...of));
      orderAnswered(...of);
      onChange();
    });
  }
  return (
    <div className={styles.retry}>
      <Settings
        quotes={training.quotes}
        parameters={parameters}
        tryOut={tryOut}
        onEstimate={setEstimate}
        onChange={setParameters}
      />
      {!training.photos_purged_at && (
        <details>
          <summary>{SAID.changePhotos}</summary>
          <div className={styles.photos}>
            <PhotoSlots croquis={croquis} training={training} onChange={onChange} />
          </div>
        </details>
      )}
      {estimate?.refusals.map((it) => (
        <p key={it.code} className={parts.trouble}>
          <strong>{it.sentence}</strong> {it.hint}
        </p>
      ))}
      <Trouble error={action.error} />
      <div className={parts.row}>
        <button
          type="button"
          className={parts.primary}
          disabled={!estimate || estimate.refusals.length > 0 || action.busy}
          onClick={order}
        >
          {estimate ? SAID.retryGo(estimate.expected_usd) : words.settings.pricing}
        </button>
        <button type="button" className={parts.plain} onClick={onClose}>
          {words.cancel}
        </button>
      </div>
    </div>
  );
}
