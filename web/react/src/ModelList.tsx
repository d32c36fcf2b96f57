"use client";
import type { Croquis, Model, Schemas, Terms } from "@croquis/client";
import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { everyPage } from "./everyPage";
import styles from "./ModelList.module.css";
import parts from "./parts.module.css";
import { Silhouette } from "./Silhouette";
import { steadyUrl } from "./steadyUrl";
import { endsSoon, until } from "./term";
import { Loading, Missing, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { works } from "./useTraining";
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
  covers: ReadonlyMap<string, string>;
  /** By the id of the training. */
  terms: ReadonlyMap<string, Terms>;
}

/** Everybody who was trained or is being trained, each with a picture, what it cost, and how long the consent stands. */
export function ModelList({ croquis, linkTo, onTrain }: ModelListProps) {
  const [listed, setListed] = useState<Listed>();
  const [archived, setArchived] = useState(false);
  const reading = useAction();
  const asked = useRef(0);
  const read = useCallback(() => {
    const mine = ++asked.current;
    void reading.run(async () => {
      const found = await all(croquis, archived);
      if (mine === asked.current) setListed(found); // else the other list was asked for meanwhile
    });
  }, [croquis, archived, reading.run]);
  useEffect(read, [read]);
  const { trainings, error, look } = useOpenTrainings(croquis);
  const again = () => (read(), look());
  const wrong = reading.error ?? error;
  if (!listed || !trainings) return wrong ? <Missing error={wrong} again={again} /> : <Loading tall />;
  const { models, covers, terms } = listed;
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
      <Trouble error={wrong} again={again} />
      <ul className={styles.grid} hidden={models.length === 0}>
        {models.map((it) => (
          <li key={it.id}>
            {linkTo({ model: it.id }, <Card model={it} cover={covers.get(it.id)} terms={terms.get(it.job_id)} />)}
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

/** The trainings that are not over, read again at each hint: how far one is changes while somebody looks. */
function useOpenTrainings(croquis: Croquis) {
  const [trainings, setTrainings] = useState<readonly Schemas["TrainingSummary"][]>();
  const [error, setError] = useState<unknown>();
  const reader = useRef<() => void>(undefined);
  useEffect(() => {
    const read = async () => {
      const open = await openTrainings(croquis);
      setTrainings(open);
      setError(undefined);
      return open.some(works);
    };
    const watching = croquis.watch(null, { read, failed: setError });
    reader.current = watching.look;
    return watching.stop;
  }, [croquis]);
  const look = useCallback(() => reader.current?.(), []);
  return { trainings, error, look };
}

function Card({ model, cover, terms }: { model: Model; cover: string | undefined; terms: Terms | undefined }) {
  const soon = terms && model.status !== "revoked" && endsSoon(terms.valid_until);
  return (
    <>
      <span className={styles.cover}>
        {cover ? <img src={steadyUrl(cover)} alt="" /> : <Silhouette pose="front" className={styles.figure} />}
      </span>
      <span className={styles.name}>{model.name}</span>
      <span className={parts.label}>
        {SAID.status[model.status]}
        {terms && ` · ${words.result.paid(terms.paid_usd)}`}
      </span>
      {terms && (
        <span className={soon ? styles.soon : parts.label}>
          {SAID.consentUntil(until(terms.valid_until))}
          {soon && ` · ${SAID.renewSoon}`}
        </span>
      )}
    </>
  );
}

async function all(croquis: Croquis, archived: boolean): Promise<Listed> {
  const [models, terms] = await Promise.all([
    everyPage(async (before) => {
      const page = await croquis.models.list(archived, before);
      return { found: page.models, next: page.next };
    }),
    croquis.terms().catch(() => new Map<string, Terms>()), // without them there is still the list
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
    covers: new Map(covers.filter(([, url]) => url)),
    terms,
  };
}

async function openTrainings(croquis: Croquis): Promise<readonly Schemas["TrainingSummary"][]> {
  const all = await everyPage(async (before) => {
    const page = await croquis.trainings.list(before);
    return { found: page.trainings, next: page.next };
  });
  return all.filter((it) => !OVER.includes(it.status));
}
