import type { Garment, NewGarment, Schemas, Upload } from "@croquis/client";
import styles from "./Garments.module.css";
import parts from "./parts.module.css";
import { previewOf } from "./previewOf";
import { steadyUrl } from "./steadyUrl";
import { said } from "./Trouble";
import { words } from "./words";

const SAID = words.garments;

export type Category = Schemas["GarmentCategory"];
export const CATEGORIES = Object.keys(SAID.categories) as Category[];

interface GarmentCardProps {
  garment: Garment;
  /** Its picture, where it was uploaded from here and has no thumbnail yet. */
  file: File | undefined;
  chosen: boolean;
  onChoose: () => void;
  onOpen: () => void;
}

/** One garment: its picture, what the check says, and whether it is chosen for a look. */
export function GarmentCard({ garment, file, chosen, onChoose, onOpen }: GarmentCardProps) {
  const { name, category, status, thumbnail_url } = garment;
  const picture = thumbnail_url ? steadyUrl(thumbnail_url) : file && previewOf(file);
  const { tone, says } = verdictOf(garment);
  return (
    <li className={styles.card} data-tone={tone} data-chosen={chosen}>
      <div className={styles.frame}>
        <button type="button" className={styles.open} aria-label={SAID.open(name)} onClick={onOpen}>
          {picture && <img src={picture} alt="" loading="lazy" />}
        </button>
        {status === "ready" && (
          <label className={styles.pick}>
            <input type="checkbox" checked={chosen} aria-label={words.looks.choose(name)} onChange={onChoose} />
          </label>
        )}
      </div>
      <p className={styles.name}>
        <span>{name}</span>
        <small>{SAID.one[category]}</small>
      </p>
      <p className={styles.says} role="status">
        {says}
      </p>
    </li>
  );
}

/** What the check says of a garment, and how it looks. */
export function verdictOf({ status, findings }: Garment): { tone: "busy" | "good" | "advice" | "bad"; says: string } {
  if (status === "unreadable") return { tone: "bad", says: findings[0]?.sentence ?? SAID.unreadable };
  if (status === "awaiting_upload") return { tone: "bad", says: SAID.unfinished };
  if (status !== "ready") return { tone: "busy", says: SAID.checking };
  return findings[0] ? { tone: "advice", says: findings[0].sentence } : { tone: "good", says: SAID.ready };
}

interface GarmentOnItsWayProps {
  upload: Upload<NewGarment>;
  onCancel: () => void;
  onRetry: () => void;
}

/** A garment that is being uploaded: how far it is, or why not. */
export function GarmentOnItsWay({ upload, onCancel, onRetry }: GarmentOnItsWayProps) {
  const { name, category, file, phase, sent, error } = upload;
  const moving = { waiting: words.photos.waiting, offline: words.photos.offline, sending: words.photos.sending(sent) };
  const says = phase === "failed" ? `${words.photos.failed}. ${said(error).sentence}` : moving[phase];
  return (
    <li className={styles.card} data-tone={phase === "failed" ? "bad" : "busy"}>
      <div className={styles.frame}>
        <img src={previewOf(file)} alt="" />
        <progress className={styles.progress} value={sent} aria-label={`${name}: ${words.photos.sending(sent)}`} />
      </div>
      <p className={styles.name}>
        <span>{name}</span>
        <small>{SAID.one[category]}</small>
      </p>
      <p className={styles.says} role="status">
        {says}
      </p>
      <div className={parts.row}>
        {phase === "failed" && (
          <button type="button" className={parts.link} onClick={onRetry}>
            {words.again}
          </button>
        )}
        <button type="button" className={parts.link} aria-label={`${words.cancel}: ${name}`} onClick={onCancel}>
          {words.cancel}
        </button>
      </div>
    </li>
  );
}
