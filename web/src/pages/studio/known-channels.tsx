// What every part of the studio needs beside its own data, listened to once: the accounts it can publish on.
import { createContext, type ReactNode, useContext } from "react";
import { type Live, useChannels } from "./data";
import type { Channel } from "./shapes";

const ChannelsContext = createContext<Live<Channel[]>>({ loading: true });

export function Channels({ children }: { children: ReactNode }) {
  return <ChannelsContext value={useChannels()}>{children}</ChannelsContext>;
}

export const useKnownChannels = () => useContext(ChannelsContext);
