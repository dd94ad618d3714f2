// The accounts that contents can be published on, listened to once for the whole studio.
import { useChannels } from "@leadgen-pro/client/react";
import { createContext, type ReactNode, useContext } from "react";

type Known = ReturnType<typeof useChannels>;
const ChannelsContext = createContext<Known | null>(null);

export function Channels({ children }: { children: ReactNode }) {
  return <ChannelsContext value={useChannels()}>{children}</ChannelsContext>;
}

export function useKnownChannels(): Known {
  const known = useContext(ChannelsContext);
  if (!known) throw new Error("useKnownChannels outside of Channels");
  return known;
}
