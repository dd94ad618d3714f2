// The inbox: on a wide screen the list and the conversation side by side, on a phone one of both.
import { useLeadGen } from "@leadgen-pro/client/react";
import { IconMessages } from "@tabler/icons-react";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useParams } from "react-router";
import { EmptyState } from "../../parts/empty-state";
import { Roster } from "../../parts/roster";
import { useWide } from "../../parts/wide";
import { usePerson } from "../../session";
import { useOnline } from "../../shell/online";
import classes from "./inbox.module.css";
import { forgetDraftsOfOthers } from "./drafts";
import { ConversationList } from "./list";
import { forgetOutboxOfOthers, isBusy, resend } from "./outbox";
import { Thread } from "./thread";
import layout from "./thread.module.css";

export default function Inbox() {
  return (
    <Roster>
      <Panes />
    </Roster>
  );
}

function Panes() {
  const { t } = useTranslation();
  const { conversationId } = useParams();
  const wide = useWide();
  useKeptWords();
  return (
    <div className={classes.page}>
      {(wide || !conversationId) && <ConversationList open={conversationId} />}
      {conversationId ? (
        <Thread key={conversationId} id={conversationId} />
      ) : (
        wide && <div className={layout.thread}><EmptyState Icon={IconMessages} title={t("inbox.thread.choose")} text={t("inbox.thread.chooseText")} /></div>
      )}
    </div>
  );
}

/** What waited for a connection goes out once there is one; and nobody closes the page over it without being asked. */
function useKeptWords() {
  const { uid } = usePerson();
  const online = useOnline();
  const { client } = useLeadGen();
  useEffect(() => {
    forgetOutboxOfOthers(uid);
    forgetDraftsOfOthers(uid);
    if (online) resend(client, uid);
  }, [client, online, uid]);
  useEffect(() => {
    const ask = (event: BeforeUnloadEvent) => {
      if (isBusy()) event.preventDefault();
    };
    addEventListener("beforeunload", ask);
    return () => removeEventListener("beforeunload", ask);
  }, []);
}
