// The messages of these errors are for whoever uses this package alone: the components have words of their own.
import type { Schemas } from "./schemas";

/** A refusal of the API: what is wrong and what to do are sentences to show, `code` is for the program. */
export class ApiProblem extends Error {
  override readonly name = "ApiProblem";
  readonly code: Schemas["ProblemCode"];
  readonly status: number;
  readonly hint: string;
  readonly requestId: string;
  readonly fields: readonly Schemas["FieldProblem"][];

  constructor(problem: Schemas["ProblemDetails"]) {
    super(problem.detail);
    this.code = problem.code;
    this.status = problem.status;
    this.hint = problem.hint;
    this.requestId = problem.request_id;
    this.fields = problem.fields;
  }

  /** What is wrong with this field, as the request named it (`consent.adult`), or undefined. */
  fieldProblem(field: string): string | undefined {
    return this.fields.find((it) => it.field === field)?.problem;
  }
}

/** No answer of ours came: there is no network, or a machine between says that it cannot answer now (`status`). */
export class Unreachable extends Error {
  override readonly name = "Unreachable";
  readonly status: number | undefined;

  constructor(status?: number) {
    super(status ? `Croquis cannot respond right now (${status}).` : "Croquis cannot be reached.");
    this.status = status;
  }
}

/** Nobody is signed in any more. */
export class SessionOver extends Error {
  override readonly name = "SessionOver";

  constructor() {
    super("Your session has ended.");
  }
}

/** Would asking again be in vain until somebody does something else first? */
export function isFinal(error: unknown): boolean {
  return error instanceof SessionOver || (error instanceof ApiProblem && [401, 403, 404].includes(error.status));
}

interface Answer<Data> {
  data?: Data;
  error?: unknown;
  response: Response;
}

/** The data of an answer; or ApiProblem, Unreachable, SessionOver. */
export async function dataOf<Data>(asked: Promise<Answer<Data>>): Promise<Data> {
  const { data, error, response } = await asked.catch((failed: unknown) => {
    throw failed instanceof TypeError ? new Unreachable() : failed; // fetch says so where there is no network
  });
  if (response.ok) return data as Data;
  if (error && typeof error === "object" && "code" in error) throw new ApiProblem(error as Schemas["ProblemDetails"]);
  throw new Unreachable(response.status);
}
