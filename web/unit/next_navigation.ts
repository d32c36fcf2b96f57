// What the example takes of Next.js, which is not installed here: as its documentation declares it.
export interface Router {
  push: (href: string, options?: { scroll?: boolean }) => void;
}

export function useRouter(): Router {
  return { push: () => undefined };
}
