"use client";

// of the whole page, not of a component: leaving a view does not answer the order that was sent from it
const held = new Map<string, string>();

/** The key of an order that spends, which names what it is of: the same until it is answered, however often it is sent. */
export function orderKey(...order: readonly unknown[]): string {
  const said = JSON.stringify(order);
  const key = held.get(said) ?? crypto.randomUUID();
  held.set(said, key);
  return key;
}

/** From here on the same order is another one. */
export function orderAnswered(...order: readonly unknown[]): void {
  held.delete(JSON.stringify(order));
}
