import type { Api } from "./api";
import { dataOf } from "./problems";
import type { Destination } from "./uploads";
import type { Photo, RunParameters, Schemas, Training } from "./schemas";

type DryRun = Schemas["DryRunView"];

/** Trainings and their photos. What spends takes a key: the same key is the same order, however often it is sent. */
export function trainingCalls(api: Api) {
  const at = (job_id: string) => ({ params: { path: { job_id } } });
  const ordered = (job_id: string, key: string) => ({
    params: { path: { job_id }, header: { "Idempotency-Key": key } },
  });
  const photo = (job_id: string, photo_id: string) => ({ params: { path: { job_id, photo_id } } });
  return {
    list: (before?: string): Promise<Schemas["TrainingList"]> =>
      dataOf(api.GET("/v1/trainings", { params: { query: before ? { before } : {} } })),

    open: (body: Schemas["OpenTraining"]): Promise<Training> => dataOf(api.POST("/v1/trainings", { body })),

    read: (job_id: string): Promise<Training> => dataOf(api.GET("/v1/trainings/{job_id}", at(job_id))),

    dataset: (job_id: string) =>
      dataOf<unknown>(api.GET("/v1/trainings/{job_id}/dataset", at(job_id))) as Promise<Schemas["DatasetView"]>,

    /** The trainer's lines and its loss; with `next` of the last answer only what is new. */
    log: (job_id: string, after?: string): Promise<Schemas["TrainingLogView"]> =>
      dataOf(api.GET("/v1/trainings/{job_id}/log", { params: { path: { job_id }, query: after ? { after } : {} } })),

    submit: async (job_id: string, parameters: RunParameters, key: string): Promise<Training> =>
      (await dataOf(
        api.POST("/v1/trainings/{job_id}/submit", { ...ordered(job_id, key), body: parameters }),
      )) as Training,

    /** What submit would cost and be refused for, without spending. */
    trySubmit: async (job_id: string, parameters: RunParameters): Promise<DryRun> =>
      (await dataOf(
        api.POST("/v1/trainings/{job_id}/submit", { ...at(job_id), body: { ...parameters, dry_run: true } }),
      )) as DryRun,

    decide: async (job_id: string, decision: "approve" | "reject"): Promise<Training> =>
      (await dataOf(api.POST("/v1/trainings/{job_id}/review", { ...at(job_id), body: { decision } }))) as Training,

    retry: async (job_id: string, parameters: RunParameters, key: string): Promise<Training> =>
      (await dataOf(
        api.POST("/v1/trainings/{job_id}/review", {
          ...ordered(job_id, key),
          body: { decision: "retry", parameters },
        }),
      )) as Training,

    tryRetry: async (job_id: string, parameters: RunParameters): Promise<DryRun> =>
      (await dataOf(
        api.POST("/v1/trainings/{job_id}/review", {
          ...at(job_id),
          body: { decision: "retry", parameters, dry_run: true },
        }),
      )) as DryRun,

    cancel: (job_id: string): Promise<Training> => dataOf(api.POST("/v1/trainings/{job_id}/cancel", at(job_id))),

    announce: (job_id: string, body: Schemas["AddPhoto"]): Promise<Schemas["UploadView"]> =>
      dataOf(api.POST("/v1/trainings/{job_id}/photos", { ...at(job_id), body })),

    change: (job_id: string, photo_id: string, body: Schemas["ChangePhoto"]): Promise<Photo> =>
      dataOf(api.PATCH("/v1/trainings/{job_id}/photos/{photo_id}", { ...photo(job_id, photo_id), body })),

    remove: (job_id: string, photo_id: string): Promise<unknown> =>
      dataOf(api.DELETE("/v1/trainings/{job_id}/photos/{photo_id}", photo(job_id, photo_id))),
  };
}

export type Trainings = ReturnType<typeof trainingCalls>;

/** The slots of a training, as what photos are uploaded into. */
export function photosOf(trainings: Trainings, jobId: string): Destination<{ readonly slot: number }> {
  return {
    async announce({ type, size }, { slot }) {
      const { photo, ...to } = await trainings.announce(jobId, { slot, content_type: type, bytes: size });
      return { id: photo.id, to };
    },
    takeBack: (id) => trainings.remove(jobId, id),
  };
}
