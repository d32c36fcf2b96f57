// What a front end does first, as it would be written without looking at the types: it must compile as it is.
import createClient from "openapi-fetch";
import type { components, paths } from "./generated/croquis";

type Schemas = components["schemas"];

const api = createClient<paths>({ baseUrl: "http://127.0.0.1:15420" });
const path = { job_id: "6a1b7d52-1f0e-4a53-9f0c-7f7f4b5d9a10" };
const header = { "Idempotency-Key": crypto.randomUUID() };

export async function listed(): Promise<string[]> {
  const { data } = await api.GET("/v1/trainings");
  const following = data?.next ? await api.GET("/v1/trainings", { params: { query: { before: data.next } } }) : undefined;
  return [...(data?.trainings ?? []), ...(following?.data?.trainings ?? [])].map((it) => it.model_name);
}

export async function opened(consent: Schemas["ConsentGiven"]): Promise<Schemas["TrainingView"]> {
  const { data, error } = await api.POST("/v1/trainings", { body: { model_name: "Maya", gender: "female", consent } });
  if (error) throw new Error(error.fields.map((it) => `${it.field}: ${it.problem}`).join() || error.detail);
  return data;
}

// a field with a default may be left out, and so may each of them
export const leastSubmit = () => api.POST("/v1/trainings/{job_id}/submit", { params: { path, header }, body: {} });
export const leastOrder = (model_id: string) =>
  api.POST("/v1/models/{model_id}/generations", { params: { path: { model_id }, header }, body: { pose: "standing" } });
export const approve = () => api.POST("/v1/trainings/{job_id}/review", { params: { path }, body: { decision: "approve" } });
export const retry = () =>
  api.POST("/v1/trainings/{job_id}/review", {
    params: { path, header },
    body: { decision: "retry", parameters: { steps: 1500 } },
  });
// what is only tried needs no key
export const tried = () => api.POST("/v1/trainings/{job_id}/submit", { params: { path }, body: { dry_run: true } });
export const cancel = () => api.POST("/v1/trainings/{job_id}/cancel", { params: { path } });
export const useAnyway = (photo_id: string) =>
  api.PATCH("/v1/trainings/{job_id}/photos/{photo_id}", {
    params: { path: { ...path, photo_id } },
    body: { override: true, clothes: null },
  });
export const remove = (photo_id: string) =>
  api.DELETE("/v1/trainings/{job_id}/photos/{photo_id}", { params: { path: { ...path, photo_id } } });

// an answer is whole: nothing of it has to be asked for with `?.` unless it can be null
export function shown(training: Schemas["TrainingView"]): string {
  const photo = training.photos[0];
  const finding: number | null | undefined = photo?.findings[0]?.measured;
  const said: string | null | undefined = photo?.said.clothes;
  const link: string | null | undefined = training.previews[0]?.url;
  const lacks: Schemas["SetCode"][] = training.set_findings.map((it) => it.code);
  return [training.rules.max_bytes.toFixed(), training.model?.trigger_word, finding, said, link, ...lacks].join();
}

export async function width(): Promise<number> {
  const { data } = await api.GET("/v1/trainings/{job_id}/dataset", { params: { path } });
  const [left = 0, , right = 1] = data?.photos[0]?.pictures[0]?.region ?? [];
  return right - left;
}

// the codes of a route are known, so all of them can be told apart; another route's code is an error here
export async function whyNot(): Promise<string> {
  const { error } = await leastSubmit();
  switch (error?.code) {
    case "photos_being_checked":
    case "wrong_number_of_photos":
      return "wait, or add photos";
    case "spend_limit":
      return error.hint;
    // @ts-expect-error no order of images is submitted here
    case "model_not_active":
      return "";
    default:
      return error?.request_id ?? "submitted";
  }
}

// @ts-expect-error there are three
export const misspelt: Schemas["Gender"] = "woman";
// @ts-expect-error each is declared true or not at all
export const undeclared: Schemas["ConsentGiven"]["adult"] = false;
