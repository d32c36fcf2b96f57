"use client";
import type { Photo, Slot, Upload } from "@croquis/client";
import type { DragEvent, KeyboardEvent } from "react";
import { FileButton } from "./FileButton";
import styles from "./PhotoSlot.module.css";
import { previewOf } from "./previewOf";
import { Silhouette } from "./Silhouette";
import { steadyUrl } from "./steadyUrl";
import { verdictOf } from "./verdict";
import { words } from "./words";

const SAID = words.photos;
const DRAGGED = "application/x-croquis-photo";

export interface PhotoSlotProps {
  slot: Slot;
  photo: Photo | undefined;
  upload: Upload | undefined;
  fileOf: (photoId: string) => File | undefined;
  onFiles: (files: File[]) => void;
  onOpen: (photoId: string) => void;
  onRemove: (photo: Photo) => void;
  onUseAnyway: (photo: Photo) => void;
  onCancel: (uploadKey: string) => void;
  onRetry: (uploadKey: string) => void;
  onMoveBy: (photoId: string, by: number) => void;
  onMoved: (photoId: string) => void;
}

/** One slot: what is wanted in it, the photo, how far its upload is, and the verdict on the picture itself. */
export function PhotoSlot(props: PhotoSlotProps) {
  const { slot, photo, upload, onFiles, onMoved } = props;
  const verdict = verdictOf(photo, upload);
  function drop(event: DragEvent): void {
    const moved = event.dataTransfer.getData(DRAGGED);
    const files = [...event.dataTransfer.files];
    if (!moved && files.length !== 1) return; // several are dropped on all slots together
    event.preventDefault();
    event.stopPropagation();
    if (moved) onMoved(moved);
    else onFiles(files);
  }
  return (
    <li className={styles.slot} data-tone={verdict?.tone} data-edge={verdict?.edge} onDrop={drop}>
      <div className={styles.frame}>
        {photo || upload ? <Filled {...props} /> : <Empty slot={slot} onFiles={onFiles} />}
        {(verdict?.edge === "feet" || verdict?.edge === "head") && <Cut edge={verdict.edge} />}
        <span className={styles.number} aria-hidden="true">
          {slot.number}
        </span>
      </div>
      <p className={styles.title}>
        <span>{slot.title}</span>
        {!slot.advised && !photo && <small>{SAID.optional}</small>}
      </p>
      <p className={styles.says} role={photo || upload ? "status" : undefined}>
        {verdict?.says ?? slot.hint}
      </p>
    </li>
  );
}

/** What is missing, drawn where the picture cuts it off. */
function Cut({ edge }: { edge: "feet" | "head" }) {
  return (
    <svg viewBox="0 0 100 24" className={styles.cut} aria-hidden="true">
      {edge === "feet" ? (
        <path d="M40 1v13q-1 6-12 8M60 1v13q1 6 12 8M2 23H98" />
      ) : (
        <path d="M38 23C34 4 44 1 50 1S66 4 62 23M2 1H98" />
      )}
    </svg>
  );
}

function Empty({ slot, onFiles }: Pick<PhotoSlotProps, "slot" | "onFiles">) {
  return (
    <FileButton className={styles.empty} label={SAID.add(slot.title)} onFiles={onFiles}>
      <Silhouette pose={slot.key} className={styles.figure} />
    </FileButton>
  );
}

function Filled({ slot, photo, upload, fileOf, onOpen, onRemove, onCancel, onMoveBy, ...props }: PhotoSlotProps) {
  const file = upload?.file ?? (photo && fileOf(photo.id));
  const picture = !upload && photo?.thumbnail_url ? steadyUrl(photo.thumbnail_url) : file && previewOf(file);
  const title = SAID.slot(slot.number, slot.title);
  function keys(event: KeyboardEvent): void {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!event.altKey || !by || !photo) return;
    event.preventDefault();
    onMoveBy(photo.id, by);
  }
  return (
    <>
      <button
        type="button"
        className={styles.photo}
        aria-label={title}
        title={photo && SAID.keys}
        draggable={Boolean(photo)}
        onDragStart={(event) => photo && event.dataTransfer.setData(DRAGGED, photo.id)}
        onClick={() => photo && onOpen(photo.id)}
        onKeyDown={keys}
      >
        {picture ? <img src={picture} alt="" /> : <Silhouette pose={slot.key} className={styles.figure} />}
      </button>
      {upload && (
        <progress
          className={styles.progress}
          value={upload.sent}
          aria-label={`${title}: ${SAID.sending(upload.sent)}`}
        />
      )}
      <button
        type="button"
        className={styles.remove}
        aria-label={`${upload ? words.cancel : words.remove}: ${title}`}
        onClick={() => (upload ? onCancel(upload.key) : photo && onRemove(photo))}
      >
        ×
      </button>
      <Ways {...props} slot={slot} photo={photo} upload={upload} />
    </>
  );
}

type WaysProps = Pick<PhotoSlotProps, "slot" | "photo" | "upload" | "onFiles" | "onUseAnyway" | "onRetry">;

/** What can be done about a photo that is not taken, on the picture. */
function Ways({ photo, upload, onFiles, onUseAnyway, onRetry }: WaysProps) {
  const blocking = photo?.findings.find((it) => it.severity === "blocking" && !it.overridden_at);
  const stuck = photo && ["rejected", "unreadable", "awaiting_upload"].includes(photo.status);
  if (upload?.phase === "failed") {
    return (
      <div className={styles.ways}>
        <button type="button" onClick={() => onRetry(upload.key)}>
          {words.again}
        </button>
      </div>
    );
  }
  if (upload || !stuck) return null;
  return (
    <div className={styles.ways}>
      {blocking && <p>{blocking.hint}</p>}
      <FileButton onFiles={onFiles}>{words.replace}</FileButton>
      {(photo.override === "click" || photo.override === "declaration") && (
        <button type="button" onClick={() => onUseAnyway(photo)}>
          {SAID.useAnyway}
        </button>
      )}
    </div>
  );
}
