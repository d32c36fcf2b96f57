import { ApiProblem, createShown, isFinal, Unreachable } from "@croquis/client";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { sharpness } from "../client/src/sharpness";
import { orderAnswered, orderKey } from "../react/src/orderKey";
import { steadyUrl } from "../react/src/steadyUrl";

const PROBLEM = {
  type: "urn:croquis:problem:invalid_request", title: "Invalid request", status: 422, detail: "A field is wrong.",
  code: "invalid_request", hint: "Put it right.", request_id: "r-1",
  fields: [{ field: "consent.adult", problem: "It must be true." }],
}; // prettier-ignore

let close = () => {};
afterEach(() => close());

async function answering(status: number, body: unknown): Promise<string> {
  const server = createServer((_, response) => {
    response.writeHead(status, { "Content-Type": "application/problem+json" }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => void server.close();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a refusal is an error with code, hint, request id and what is wrong in each field", async () => {
  const failed = await createShown(await answering(422, PROBLEM), "t")
    .read()
    .catch((it: unknown) => it);
  expect(failed).toBeInstanceOf(ApiProblem);
  const problem = failed as ApiProblem;
  expect(problem).toMatchObject({
    message: "A field is wrong.",
    code: "invalid_request",
    hint: "Put it right.",
    requestId: "r-1",
  });
  expect(problem.fieldProblem("consent.adult")).toBe("It must be true.");
  expect(problem.fieldProblem("model_name")).toBeUndefined();
  expect(isFinal(problem)).toBe(false);
});

test("what is no answer of ours is told from a refusal, and may be asked again", async () => {
  const between = await createShown(await answering(503, { message: "Service Unavailable" }), "t")
    .read()
    .catch((it: unknown) => it);
  expect(between).toMatchObject({ name: "Unreachable", status: 503 });
  close();
  const nowhere = await createShown("http://127.0.0.1:9", "t")
    .read()
    .catch((it: unknown) => it);
  expect(nowhere).toBeInstanceOf(Unreachable);
  expect(isFinal(nowhere)).toBe(false);
});

test("a picture keeps its link for some minutes although each answer signs another one", () => {
  const [first, second] = ["http://s/photo.jpg?token=1", "http://s/photo.jpg?token=2"];
  expect(steadyUrl(first, 0)).toBe(first);
  expect(steadyUrl(second, 60_000)).toBe(first);
  expect(steadyUrl(first, 9 * 60_000)).toBe(first); // shown again, and no fresher
  expect(steadyUrl(second, 12 * 60_000)).toBe(second);
});

test("edges make a picture sharp, also where most of it is a plain wall", () => {
  const size = 64;
  const picture = (grey: (x: number) => number) =>
    Uint8ClampedArray.from({ length: size * size * 4 }, (_, at) =>
      at % 4 === 3 ? 255 : grey(Math.floor(at / 4) % size),
    );
  expect(
    sharpness(
      picture((x) => (x === 32 ? 255 : 0)),
      size,
    ),
  ).toBeGreaterThan(200);
  expect(
    sharpness(
      picture((x) => x * 4),
      size,
    ),
  ).toBeLessThan(5);
});

test("an order keeps its key until it is answered, whatever else is ordered meanwhile", () => {
  const lost = orderKey("Maya", { pose: "standing" });
  const other = orderKey("Maya", { pose: "sitting" });
  orderAnswered("Maya", { pose: "sitting" });
  expect(orderKey("Maya", { pose: "standing" })).toBe(lost);
  expect(orderKey("Maya", { pose: "sitting" })).not.toBe(other);
  orderAnswered("Maya", { pose: "standing" });
  expect(orderKey("Maya", { pose: "standing" })).not.toBe(lost);
});
