import type { Schemas } from "@croquis/client";
import { countryName } from "./Territories";
import { words } from "./words";

const SOON = 30; // days
const DAY = 86_400_000; // ms

type Restricted = Pick<Schemas["ConsentView"], "media" | "territories">;

/** A moment's day, as it is written where the reader lives. */
export function day(moment: string): string {
  return new Date(moment).toLocaleDateString(undefined, { dateStyle: "medium" });
}

/** Until when a consent stands, in words; its last day is one in UTC. */
export function until(last: string | null): string {
  const named = last && new Date(last).toLocaleDateString(undefined, { dateStyle: "medium", timeZone: "UTC" });
  return words.models.until(named);
}

/** Whether it is time to renew it. */
export function endsSoon(last: string | null, now = Date.now()): boolean {
  return last !== null && new Date(last).getTime() + DAY - now < SOON * DAY;
}

/** Where pictures may be published, in sentences; empty where it is not restricted. */
export function published({ media, territories }: Restricted): string {
  const { onlyMedia, onlyTerritories } = words.models;
  return [
    media && onlyMedia(media.map((it) => words.open.mediaNames[it]).join(", ")),
    territories && onlyTerritories(territories.map(countryName).join(", ")),
  ]
    .filter(Boolean)
    .join(" ");
}
