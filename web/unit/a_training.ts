import type { Photo, Schemas, Slot, Training } from "@croquis/client";

const NOW = "2026-11-30T12:00:00Z";
const ID = "6a1b7d52-1f0e-4a53-9f0c-7f7f4b5d9a10";
const KEYS = [
  "front", "three_quarter_left", "three_quarter_right", "side", "back", "walking",
  "sitting", "arms_down", "hands_on_hips", "arm_raised", "other_side", "free",
]; // prettier-ignore

export const SLOTS: Slot[] = KEYS.map((key, place) => {
  return { number: place + 1, key, title: key.replaceAll("_", " "), hint: `Hint of ${key}.`, advised: place < 10 };
});

export function aPhoto(slot: number, view: Photo["view"], pose: string, change: Partial<Photo> = {}): Photo {
  return {
    id: `photo-${slot}`, slot, status: "accepted", version: 1, findings: [], override: null, overridden: false,
    width: 1024, height: 1536, view, pose, caption: "a caption", created_at: NOW, thumbnail_url: null,
    said: { caption: null, pose: null, clothes: null, background: null, light: null }, ...change,
  }; // prettier-ignore
}

const RUN: Schemas["RunView"] = {
  run: 1, status: "training", preset: "compact", steps: 1000, lora_rank: 48, learning_rate: 0.0004,
  resolution: "768,1024", caption_dropout_rate: 0.05, step: 250, total_steps: 1000, loss: 0.4, eta_seconds: 60,
  dataset_images: 20, dataset_sha256: null, weights_path: null, weights_bytes: null, weights_sha256: null, exam: null,
  expected_usd: "1.77", actual_usd: null, expected_minutes: 20, actual_minutes: null, borne_by: null, created_at: NOW,
  ended_at: null, advice: [], problem: null,
}; // prettier-ignore

export function aTraining(status: Training["status"], change: Partial<Training> = {}): Training {
  return {
    id: ID, model_name: "Maya Chen", status, current_run: 1, created_at: NOW, updated_at: NOW, gender: "female",
    trigger_word: "cfdfbbtc", version: 3, cancel_requested: false, progress: 0.4, minutes_left: 9, accepted_photos: 0,
    slots: SLOTS, photos: [], set_findings: [], quotes: [], runs: status === "draft" ? [] : [{ ...RUN }], events: [],
    rules: { minimum: 8, advised: 10, maximum: 12, max_bytes: 25_000_000, content_types: ["image/jpeg"] },
    previews: [], model: null, photos_purge_after: NOW, photos_purged_at: null,
    consent: {
      id: ID, text_version: "2026-11", text_sha256: "0".repeat(64), uses: ["train", "generate"], providers: [],
      territories: null, media: null, valid_until: null, ask_shown_person: false, given_at: NOW, withdrawn_at: null,
      withdrawn_by: null,
    },
    ...change,
  }; // prettier-ignore
}
