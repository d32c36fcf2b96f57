import type { Api } from "./api";
import { dataOf } from "./problems";
import type { DryRun, LookBook, Schemas } from "./schemas";

/** Looks in rows, what they are tried on in columns, and what all of it may cost. */
export type LookBookWish = Omit<Schemas["OrderLookBook"], "dry_run">;

/** Look-books: one order for a whole grid. What spends takes a key; `tryOrder` spends nothing. */
export function lookBookCalls(api: Api) {
  const at = (look_book_id: string) => ({ params: { path: { look_book_id } } });
  return {
    list: (before?: string): Promise<Schemas["LookBookList"]> =>
      dataOf(api.GET("/v1/look-books", { params: { query: before ? { before } : {} } })),

    order: async (wish: LookBookWish, key: string): Promise<LookBook> =>
      (await dataOf(
        api.POST("/v1/look-books", { params: { header: { "Idempotency-Key": key } }, body: wish }),
      )) as LookBook,

    tryOrder: async (wish: LookBookWish): Promise<DryRun> =>
      (await dataOf(api.POST("/v1/look-books", { body: { ...wish, dry_run: true } }))) as DryRun,

    read: (look_book_id: string): Promise<LookBook> =>
      dataOf(api.GET("/v1/look-books/{look_book_id}", at(look_book_id))),

    pause: (look_book_id: string): Promise<LookBook> =>
      dataOf(api.POST("/v1/look-books/{look_book_id}/pause", at(look_book_id))),

    resume: (look_book_id: string): Promise<LookBook> =>
      dataOf(api.POST("/v1/look-books/{look_book_id}/resume", at(look_book_id))),

    /** What waits is not made any more; what is there stays. */
    cancel: (look_book_id: string): Promise<LookBook> =>
      dataOf(api.POST("/v1/look-books/{look_book_id}/cancel", at(look_book_id))),
  };
}
