"use client";
import type { Croquis, Model, Training } from "@croquis/client";
import { useCallback, useEffect, useState } from "react";
import { ConsentCard } from "./ConsentCard";
import { Erase } from "./Erase";
import { Gallery } from "./Gallery";
import { Generate } from "./Generate";
import styles from "./ModelPage.module.css";
import parts from "./parts.module.css";
import { until } from "./term";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.models;

export interface ModelPageProps {
  croquis: Croquis;
  modelId: string;
  /** Where the page for the person shown is. */
  origin: string;
  onRuns: (jobId: string) => void;
  /** The person wants to put garments on this model. */
  onTryOn?: () => void;
  /** The person wants a look-book of this model. */
  onLookBook?: () => void;
  /** Its deletion for good has begun; without this it is not offered. */
  onErased?: () => void;
}

/** One model: pictures to order and to keep, its name, its consent. */
export function ModelPage({ croquis, modelId, origin, onRuns, onTryOn, onLookBook, onErased }: ModelPageProps) {
  const [model, setModel] = useState<Model>();
  const [training, setTraining] = useState<Training>();
  const [news, setNews] = useState(0);
  const reading = useAction();
  const read = useCallback(
    () =>
      void reading.run(async () => {
        const found = await croquis.models.read(modelId);
        setModel(found);
        setTraining(await croquis.trainings.read(found.job_id));
      }),
    [croquis, modelId, reading.run],
  );
  useEffect(read, [read]);
  const look = useCallback(() => setNews((before) => before + 1), []);
  if (!model || !training) return reading.error ? <Missing error={reading.error} again={read} /> : <Loading tall />;
  const active = model.status === "active";
  return (
    <div className={styles.page}>
      <header className={styles.head}>
        <h1>{model.name}</h1>
        <p className={parts.label}>
          {SAID.status[model.status]}
          {active && ` · ${SAID.consentUntil(until(training.consent.valid_until))}`}
        </p>
        {active && (
          <div className={`${parts.row} ${styles.ways}`}>
            {onTryOn && (
              <button type="button" className={parts.plain} onClick={onTryOn}>
                {words.tryOn.title}
              </button>
            )}
            {onLookBook && (
              <button type="button" className={parts.plain} onClick={onLookBook}>
                {words.lookBook.new}
              </button>
            )}
          </div>
        )}
      </header>
      <Trouble error={reading.error} again={read} />
      <div className={active ? styles.columns : undefined}>
        {active && <Generate croquis={croquis} modelId={modelId} onPictures={look} />}
        <Gallery croquis={croquis} modelId={modelId} jobId={model.job_id} news={news} onOrdered={look} />
      </div>
      <div className={styles.about}>
        <ConsentCard croquis={croquis} consent={training.consent} origin={origin} onChange={read} />
        <Keeping
          croquis={croquis}
          model={model}
          onChange={read}
          onRuns={() => onRuns(model.job_id)}
          onErased={onErased}
        />
      </div>
    </div>
  );
}

interface KeepingProps {
  croquis: Croquis;
  model: Model;
  onChange: () => void;
  onRuns: () => void;
  onErased: (() => void) | undefined;
}

function Keeping({ croquis, model, onChange, onRuns, onErased }: KeepingProps) {
  const action = useAction();
  const [erasing, setErasing] = useState(false);
  const act = (doing: () => Promise<unknown>) => void action.run(() => doing().then(onChange));
  const archived = model.status === "archived";
  return (
    <section className={styles.keeping} aria-label={SAID.rename}>
      <form
        className={parts.stack}
        onSubmit={(event) => {
          event.preventDefault();
          const name = String(new FormData(event.currentTarget).get("name")).trim();
          if (name) act(() => croquis.models.change(model.id, { name }));
        }}
      >
        <label className={parts.field}>
          <span className={parts.label}>{SAID.name}</span>
          <input name="name" maxLength={80} defaultValue={model.name} autoComplete="off" />
        </label>
        <button type="submit" className={parts.plain} disabled={action.busy}>
          {SAID.rename}
        </button>
      </form>
      <div className={parts.row}>
        <button type="button" className={parts.link} onClick={onRuns}>
          {SAID.runs}
        </button>
        <button
          type="button"
          className={parts.link}
          onClick={() => void action.run(async () => location.assign((await croquis.models.weights(model.id)).url))}
        >
          {SAID.weights}
        </button>
        <button
          type="button"
          className={parts.link}
          onClick={() => act(() => croquis.models.change(model.id, { archived: !archived }))}
        >
          {archived ? SAID.unarchive : SAID.archive}
        </button>
        {onErased && (
          <button type="button" className={`${parts.link} ${parts.bad}`} onClick={() => setErasing(true)}>
            {words.data.erase}
          </button>
        )}
      </div>
      <Trouble error={action.error} />
      {erasing && onErased && (
        <Erase croquis={croquis} modelId={model.id} onBegun={onErased} onClose={() => setErasing(false)} />
      )}
    </section>
  );
}
