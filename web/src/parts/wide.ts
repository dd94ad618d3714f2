import { useMediaQuery } from "@mantine/hooks";

/** Whether there is room for a list and its detail side by side; a phone shows one of both. Mantine's `sm`. */
export function useWide(): boolean {
  return useMediaQuery("(min-width: 48em)", undefined, { getInitialValueInEffect: false });
}
