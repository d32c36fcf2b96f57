"use client";
import type { CataloguePicture, Croquis, Schemas } from "@croquis/client";
import { useCallback, useEffect, useRef, useState } from "react";
import { Ask } from "./Ask";
import styles from "./Gallery.module.css";
import { EVERYTHING, GalleryFilters, isEverything, queryOf } from "./GalleryFilters";
import { Lightbox } from "./Lightbox";
import parts from "./parts.module.css";
import { Picture } from "./Picture";
import { PictureActions } from "./PictureActions";
import { Loading, Trouble } from "./Trouble";
import { useAction } from "./useAction";
import { orderAnswered, orderKey } from "./orderKey";
import { words } from "./words";

const SAID = words.gallery;
export interface GalleryProps {
  croquis: Croquis;
  modelId: string;
  /** The training of the model: hints about its pictures name it. */
  jobId: string;
  /** Another value reads it again. */
  news?: number;
  /** Something was ordered from here. */
  onOrdered: () => void;
}

/** A model's pictures, newest first: filters, full screen, favourites, download, once more, delete. */
export function Gallery({ croquis, modelId, jobId, news = 0, onOrdered }: GalleryProps) {
  const [chosen, setChosen] = useState(EVERYTHING);
  const [pictures, setPictures] = useState<readonly CataloguePicture[]>();
  const [next, setNext] = useState<string | null>(null);
  const [opened, setOpened] = useState<string>();
  const [removing, setRemoving] = useState<CataloguePicture>();
  const newest = useRef(0); // of the questions: an answer to an earlier one comes too late
  const pages = useRef(1);
  const reading = useAction();
  const action = useAction();

  const read = useCallback(
    (before?: string) =>
      reading.run(async () => {
        newest.current += 1;
        const question = newest.current;
        const page = await croquis.models.pictures(modelId, { ...queryOf(chosen), ...(before && { before }) });
        if (question !== newest.current) return;
        pages.current = before ? pages.current + 1 : 1;
        setPictures((held) => (before ? [...(held ?? []), ...page.images] : page.images));
        setNext(page.next);
      }),
    [croquis, modelId, chosen, reading.run],
  );
  const reread = useRef(read); // with the filter that is chosen when it is called
  reread.current = read;
  useEffect(() => void read(), [read, news]);
  useEffect(() => {
    const hinted = async () => {
      if (pages.current === 1) await reread.current(); // whoever has read further keeps what they see
      return false;
    };
    return croquis.watch(jobId, { read: hinted, failed: () => undefined }).stop;
  }, [croquis, jobId]);

  const act = (doing: () => Promise<unknown>) => void action.run(() => doing().then(() => reread.current()));
  async function repeat(picture: CataloguePicture, changes: Schemas["ImageWishes"]): Promise<void> {
    const wish = { count: 1, same_seed: Object.keys(changes).length > 0, changes };
    await croquis.models.repeat(picture.id, wish, orderKey(picture.id, wish));
    orderAnswered(picture.id, wish);
    onOrdered();
  }
  const shown = pictures?.find((it) => it.id === opened);
  return (
    <section className={styles.gallery} aria-label={SAID.title}>
      <div className={styles.bar}>
        <h2>{SAID.title}</h2>
        <GalleryFilters chosen={chosen} onChoose={setChosen} />
      </div>
      <Trouble error={reading.error ?? action.error} again={() => void read()} />
      {!pictures && !reading.error && <Loading tall />}
      {pictures?.length === 0 && <p className={styles.empty}>{isEverything(chosen) ? SAID.empty : SAID.noneOfThese}</p>}
      <ul className={styles.grid}>
        {pictures?.map((it) => (
          <li key={it.id}>
            <Picture picture={it} name={it.prompt} onOpen={() => setOpened(it.id)} />
            <Marks
              picture={it}
              onFavourite={() => act(() => croquis.models.mark(it.id, { favourite: !it.favourite }))}
            />
          </li>
        ))}
      </ul>
      {next && (
        <button type="button" className={parts.plain} disabled={reading.busy} onClick={() => void read(next)}>
          {SAID.more}
        </button>
      )}
      {shown && (
        <Lightbox
          pictures={(pictures ?? []).filter((it) => it.url)}
          at={shown.id}
          onMove={setOpened}
          onClose={() => setOpened(undefined)}
        >
          <PictureActions
            picture={shown}
            busy={action.busy}
            onFavourite={() => act(() => croquis.models.mark(shown.id, { favourite: !shown.favourite }))}
            onAccepted={() => act(() => croquis.models.mark(shown.id, { accepted: !shown.accepted }))}
            onRepeat={(changes) => act(() => repeat(shown, changes))}
            onRemove={() => {
              setOpened(undefined);
              setRemoving(shown);
            }}
          />
          <Trouble error={action.error} />
        </Lightbox>
      )}
      {removing && (
        <Ask
          title={SAID.remove}
          question={SAID.removeAsk}
          yes={SAID.remove}
          onYes={() => act(() => croquis.models.remove(removing.id))}
          onClose={() => setRemoving(undefined)}
        />
      )}
    </section>
  );
}

function Marks({ picture, onFavourite }: { picture: CataloguePicture; onFavourite: () => void }) {
  return (
    <button
      type="button"
      className={styles.star}
      aria-label={`${SAID.favourite}: ${picture.prompt}`}
      aria-pressed={picture.favourite}
      onClick={onFavourite}
    >
      {picture.favourite ? "★" : "☆"}
    </button>
  );
}
