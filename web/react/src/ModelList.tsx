"use client";
import type { Croquis, Model, Schemas } from "@croquis/client";
import { type ReactNode, useCallback, useEffect, useState } from "react";
import { everyPage } from "./everyPage";
import styles from "./ModelList.module.css";
import parts from "./parts.module.css";
import { Silhouette } from "./Silhouette";
import { steadyUrl } from "./steadyUrl";
import { Loading, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { words } from "./words";

const SAID = words.models;
const OVER = ["approved", "rejected", "canceled"];

/** A link of the host's router. */
export type LinkTo = (to: { training?: string; model?: string }, children: ReactNode) => ReactNode;

export interface ModelListProps {
  croquis: Croquis;
  linkTo: LinkTo;
  onTrain: () => void;
}

interface Listed {
  models: readonly Model[];
  trainings: readonly Schemas["TrainingSummary"][];
  covers: ReadonlyMap<string, string>;
}

/** Everybody who was trained or is being trained, each with a picture. */
export function ModelList({ croquis, linkTo, onTrain }: ModelListProps) {
  const [listed, setListed] = useState<Listed>();
  const [archived, setArchived] = useState(false);
  const reading = useAction();
  const read = useCallback(
    () => void reading.run(async () => setListed(await all(croquis, archived))),
    [croquis, archived, reading.run],
  );
  useEffect(read, [read]);
  if (!listed) return reading.error ? <Trouble error={reading.error} again={read} /> : <Loading tall />;
  const { models, trainings, covers } = listed;
  const train = (
    <button type="button" className={parts.primary} onClick={onTrain}>
      {SAID.train}
    </button>
  );
  if (models.length + trainings.length === 0 && !archived) {
    return (
      <div className={styles.empty}>
        <Silhouette pose="walking" className={styles.figure} />
        <h1>{SAID.empty}</h1>
        <p>{SAID.emptyMore}</p>
        {train}
      </div>
    );
  }
  return (
    <div className={styles.list}>
      <header className={styles.head}>
        <h1>{SAID.title}</h1>
        {train}
      </header>
      <ul className={styles.grid} hidden={models.length === 0}>
        {models.map((it) => (
          <li key={it.id}>
            {linkTo(
              { model: it.id },
              <Card name={it.name} status={SAID.status[it.status]} cover={covers.get(it.id)} />,
            )}
          </li>
        ))}
      </ul>
      {trainings.length > 0 && (
        <section>
          <h2>{SAID.inProgress}</h2>
          <ul className={styles.rows}>
            {trainings.map((it) => (
              <li key={it.id}>
                {linkTo(
                  { training: it.id },
                  <>
                    <span>{it.model_name}</span>
                    <span className={parts.label}>{words.job[it.status]}</span>
                  </>,
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <div>
        <button type="button" className={parts.link} aria-pressed={archived} onClick={() => setArchived(!archived)}>
          {archived ? SAID.notArchived : SAID.archived}
        </button>
      </div>
    </div>
  );
}

function Card({ name, status, cover }: { name: string; status: string; cover: string | undefined }) {
  return (
    <>
      <span className={styles.cover}>
        {cover ? <img src={steadyUrl(cover)} alt="" /> : <Silhouette pose="front" className={styles.figure} />}
      </span>
      <span className={styles.name}>{name}</span>
      <span className={parts.label}>{status}</span>
    </>
  );
}

async function all(croquis: Croquis, archived: boolean): Promise<Listed> {
  const [models, trainings] = await Promise.all([
    everyPage(async (before) => {
      const page = await croquis.models.list(archived, before);
      return { found: page.models, next: page.next };
    }),
    everyPage(async (before) => {
      const page = await croquis.trainings.list(before);
      return { found: page.trainings, next: page.next };
    }),
  ]);
  const approved = models.filter((it) => it.status !== "candidate");
  const covers = await Promise.all(
    approved.map(async ({ id }) => {
      const { images } = await croquis.models.pictures(id);
      const cover = images.find((it) => it.favourite && it.url) ?? images.find((it) => it.url);
      return [id, cover?.url ?? ""] as const;
    }),
  );
  return {
    models: approved,
    trainings: trainings.filter((it) => !OVER.includes(it.status)),
    covers: new Map(covers.filter(([, url]) => url)),
  };
}
