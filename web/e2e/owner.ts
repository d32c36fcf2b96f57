import { readFileSync } from "node:fs";
import type { Schemas } from "../client/src/schemas";

const API = process.env["VITE_CROQUIS_API_URL"]!;
const SUPABASE = process.env["VITE_SUPABASE_URL"]!;
const KEY = process.env["VITE_SUPABASE_PUBLISHABLE_KEY"]!;
const DECLARED = {
  adult: true,
  own_photos_or_authorised: true,
  training: true,
  storage: true,
  processors: true,
} as const;

export const PHOTOS = new URL("../../sandbox/demo_photos/", import.meta.url).pathname;
export const good = (count: number) =>
  Array.from({ length: count }, (_, place) => `${PHOTOS}good/${String(place + 1).padStart(2, "0")}.jpg`);

export const GARMENTS = new URL("../../sandbox/demo_garments/", import.meta.url).pathname;

export interface Session {
  access_token: string;
  refresh_token: string;
  user: { id: string; email: string };
}

/** Somebody with an account of their own, who prepares over the API what a test begins with. */
export class Owner {
  private constructor(
    readonly email: string,
    readonly password: string,
    readonly session: Session,
  ) {}

  static async signUp(): Promise<Owner> {
    const [email, password] = [`${crypto.randomUUID()}@example.com`, crypto.randomUUID()];
    const answer = await fetch(`${SUPABASE}/auth/v1/signup`, {
      method: "POST",
      headers: { apikey: KEY, "Content-Type": "application/json" },
      body: JSON.stringify({ email, password }),
    });
    return new Owner(email, password, (await answer.json()) as Session);
  }

  /** The rows of a table that this owner may read. */
  async rows(table: string, query: string): Promise<Record<string, unknown>[]> {
    const headers = { apikey: KEY, Authorization: `Bearer ${this.session.access_token}` };
    return (await (await fetch(`${SUPABASE}/rest/v1/${table}?${query}`, { headers })).json()) as Record<
      string,
      unknown
    >[];
  }

  async call<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = {
      Authorization: `Bearer ${this.session.access_token}`,
      "Idempotency-Key": crypto.randomUUID(),
      "Content-Type": "application/json",
    };
    const answer = await fetch(API + path, {
      method,
      headers,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (answer.status === 204 ? undefined : await answer.json()) as Answer;
  }

  /** A draft in which these photos are accepted. */
  async draft(photos: readonly string[] = []): Promise<string> {
    const texts = await this.rows("consent_texts", "select=version&order=published_at.desc&limit=1");
    const consent = {
      ...DECLARED,
      text_version: texts[0]!["version"],
      uses: ["train", "generate", "try_on"],
      ask_shown_person: true,
    };
    const opened = { model_name: "Maya Chen", gender: "female", consent };
    const { id } = await this.call<Schemas["TrainingView"]>("POST", "/v1/trainings", opened);
    await Promise.all(photos.map((file, place) => this.upload(id, place + 1, file)));
    await this.until(id, ({ photos: all }) => all.every((it) => it.status === "accepted"));
    return id;
  }

  private async upload(id: string, slot: number, file: string): Promise<void> {
    const bytes = readFileSync(file);
    const announced = { slot, content_type: "image/jpeg", bytes: bytes.length };
    const to = await this.call<Schemas["UploadView"]>("POST", `/v1/trainings/${id}/photos`, announced);
    await fetch(to.upload_url, { method: "PUT", headers: { "Content-Type": to.content_type }, body: bytes });
  }

  /** A training that works: `steps` decide how long. */
  async training(steps: number): Promise<string> {
    const id = await this.draft(good(8));
    await this.call("POST", `/v1/trainings/${id}/submit`, { preset: "compact", steps });
    return id;
  }

  /** A training of two runs, both of which wait for the review. */
  async twice(): Promise<string> {
    const id = await this.training(100);
    await this.until(id, (it) => it.status === "in_review");
    const again = { decision: "retry", parameters: { preset: "compact", steps: 150 } };
    await this.call("POST", `/v1/trainings/${id}/review`, again);
    await this.until(id, (it) => it.status === "in_review" && it.current_run === 2);
    return id;
  }

  /** A model that was approved; its id. */
  async model(): Promise<string> {
    const id = await this.training(100);
    await this.until(id, (it) => it.status === "in_review");
    await this.call("POST", `/v1/trainings/${id}/review`, { decision: "approve" });
    return (await this.until(id, (it) => it.status === "approved")).model!.id;
  }

  async until(id: string, done: (training: Schemas["TrainingView"]) => boolean): Promise<Schemas["TrainingView"]> {
    for (;;) {
      const training = await this.call<Schemas["TrainingView"]>("GET", `/v1/trainings/${id}`);
      if (done(training)) return training;
      await new Promise((resolve) => setTimeout(resolve, 300));
    }
  }
}
