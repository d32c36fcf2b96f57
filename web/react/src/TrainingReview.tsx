"use client";
import type { Croquis, Photo, Schemas, Training } from "@croquis/client";
import { useCallback, useEffect, useState } from "react";
import { CaptionField } from "./CaptionField";
import parts from "./parts.module.css";
import type { Parameters } from "./presets";
import { Regions } from "./Regions";
import { Settings } from "./Settings";
import styles from "./TrainingReview.module.css";
import { TrainedPicture } from "./TrainedPicture";
import { Loading, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { orderAnswered, orderKey } from "./orderKey";
import { words } from "./words";

const SAID = words.review;

export interface TrainingReviewProps {
  croquis: Croquis;
  training: Training;
  onBack: () => void;
  onChange: () => void;
  onStarted: () => void;
}

/** Every picture as the trainer will see it, its caption, the settings, and the button that spends. */
export function TrainingReview({ croquis, training, onBack, onChange, onStarted }: TrainingReviewProps) {
  const [dataset, setDataset] = useState<Schemas["DatasetView"]>();
  const [parameters, setParameters] = useState<Parameters>({ preset: "full" });
  const [estimate, setEstimate] = useState<Schemas["DryRunView"]>();
  const reading = useAction();
  const submitting = useAction();
  const read = useCallback(
    () => void reading.run(async () => setDataset(await croquis.trainings.dataset(training.id))),
    [croquis, training.id, reading.run],
  );
  useEffect(read, [read]);
  const tryOut = useCallback((it: Parameters) => croquis.trainings.trySubmit(training.id, it), [croquis, training.id]);

  function submit(): void {
    void submitting.run(async () => {
      await croquis.trainings.submit(training.id, parameters, orderKey(training.id, parameters));
      orderAnswered(training.id, parameters);
      onStarted();
    });
  }

  const refusals = estimate?.refusals ?? [];
  return (
    <div className={styles.review}>
      <header>
        <h1>{SAID.title}</h1>
        {dataset && <p className={styles.lead}>{SAID.lead(dataset.images)}</p>}
      </header>
      <Trouble error={reading.error} again={read} />
      {!dataset && !reading.error && <Loading tall />}
      {dataset && (
        <div className={styles.photos}>
          {dataset.photos.map((it) => (
            <TrainedPhoto
              key={it.photo_id}
              trained={it}
              title={training.slots.find((slot) => slot.number === it.slot)?.title ?? ""}
              photo={training.photos.find((photo) => photo.id === it.photo_id)}
              onCaption={async (caption) => {
                await croquis.trainings.change(training.id, it.photo_id, { caption });
                onChange();
                read();
              }}
            />
          ))}
        </div>
      )}
      {dataset && (
        <>
          <SetFindings findings={training.set_findings} />
          <Settings
            quotes={training.quotes}
            parameters={parameters}
            onChange={setParameters}
            tryOut={tryOut}
            onEstimate={setEstimate}
          />
          {refusals.length > 0 && (
            <ul className={parts.trouble}>
              {refusals.map((it) => (
                <li key={it.code}>
                  <strong>{it.sentence}</strong> {it.hint}
                </li>
              ))}
            </ul>
          )}
          <Trouble error={submitting.error} />
          <div className={styles.go}>
            <button
              type="button"
              className={parts.primary}
              disabled={!estimate || refusals.length > 0 || submitting.busy}
              onClick={submit}
            >
              {submitting.busy || !estimate ? SAID.starting : SAID.start(estimate.expected_usd)}
            </button>
            <button type="button" className={parts.plain} onClick={onBack}>
              {SAID.backToPhotos}
            </button>
          </div>
        </>
      )}
    </div>
  );
}

interface TrainedPhotoProps {
  trained: Schemas["TrainedPhotoView"];
  title: string;
  photo: Photo | undefined;
  onCaption: (caption: string | null) => Promise<void>;
}

function TrainedPhoto({ trained, title, photo, onCaption }: TrainedPhotoProps) {
  const full = trained.pictures.find((it) => it.framing === "full_body");
  return (
    <article className={styles.photo}>
      <div className={styles.pictures}>
        {photo && trained.thumbnail_url && (
          <Regions photo={photo} url={trained.thumbnail_url} pictures={trained.pictures} />
        )}
        {trained.pictures.map((it) => (
          <TrainedPicture key={it.name} picture={it} photo={photo} url={trained.thumbnail_url} />
        ))}
      </div>
      {full && (
        <CaptionField title={title} caption={full.caption} own={photo?.said.caption != null} onSave={onCaption} />
      )}
    </article>
  );
}

/** What the set lacks, and what one more photo would bring. */
export function SetFindings({ findings }: { findings: readonly Schemas["SetFinding"][] }) {
  const said = words.photos;
  return (
    <section className={styles.lacks}>
      <h2>{said.set}</h2>
      {findings.length === 0 && <p>{said.complete}</p>}
      <ul>
        {findings.map((it) => (
          <li key={it.code + it.sentence}>
            <strong>{it.sentence}</strong> {it.hint}
          </li>
        ))}
      </ul>
    </section>
  );
}
