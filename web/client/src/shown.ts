import { shownApi } from "./api";
import { dataOf } from "./problems";
import type { Schemas } from "./schemas";

/** What the person shown may do behind their link, without an account. */
export function createShown(apiUrl: string, token: string) {
  const api = shownApi(apiUrl, token);
  return {
    read: (before?: string): Promise<Schemas["ShownView"]> =>
      dataOf(api.GET("/v1/shown", { params: { query: before ? { before } : {} } })),
    decide: (image_id: string, decision: Schemas["ShownDecision"]): Promise<Schemas["ShownImageView"]> =>
      dataOf(api.POST("/v1/shown/images/{image_id}", { params: { path: { image_id } }, body: { decision } })),
    withdraw: (): Promise<unknown> => dataOf(api.POST("/v1/shown/withdraw")),
  };
}

export type Shown = ReturnType<typeof createShown>;
