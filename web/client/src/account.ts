import type { Api } from "./api";
import { dataOf } from "./problems";
import type { Download, Erasure, WouldErase } from "./schemas";

/** Everything that there is of a person or an account: taken along, erased for good, and the receipts of what was. */
export function accountCalls(api: Api) {
  /** Of a model where one is named, else of the whole account. */
  const erase = (query: { dry_run: true } | { confirm: "erase" }, model_id?: string) =>
    dataOf(
      model_id
        ? api.DELETE("/v1/models/{model_id}", { params: { path: { model_id }, query } })
        : api.DELETE("/v1/account", { params: { query } }),
    );
  return {
    /** What would go; nothing is changed. */
    wouldErase: async (model_id?: string): Promise<WouldErase> =>
      (await erase({ dry_run: true }, model_id)) as WouldErase,

    /** Begins at once, and cannot be taken back; asking again answers the same erasure. */
    erase: async (model_id?: string): Promise<Erasure> => (await erase({ confirm: "erase" }, model_id)) as Erasure,

    /** The newest first, each with its receipt once it is done. */
    erasures: async (): Promise<Erasure[]> => (await dataOf(api.GET("/v1/erasures"))).erasures,

    /** A ZIP of rows, photos and pictures: read it until it is ready. */
    export: (key: string): Promise<Download> =>
      dataOf(api.POST("/v1/account/export", { params: { header: { "Idempotency-Key": key } }, body: {} })),

    readDownload: (download_id: string): Promise<Download> =>
      dataOf(api.GET("/v1/downloads/{download_id}", { params: { path: { download_id } } })),
  };
}
