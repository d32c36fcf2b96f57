/** What the API says, with the names of the things that it names by their ids. */
export type Naming = (says: string) => string;

export function naming(known: readonly { id: string; name: string }[] | undefined): Naming {
  return (says) => known?.reduce((said, { id, name }) => said.replaceAll(id, `“${name}”`), says) ?? says;
}

export const asItIs: Naming = (says) => says;
