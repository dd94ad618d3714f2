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
import { ConversationList } from "./list";
import { resend } from "./outbox";
import { Thread } from "./thread";

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
  useResending();
  return (
    <div className={classes.page}>
      {(wide || !conversationId) && <ConversationList open={conversationId} />}
      {conversationId ? (
        <Thread key={conversationId} id={conversationId} />
      ) : (
        wide && <div className={classes.thread}><EmptyState Icon={IconMessages} title={t("inbox.thread.choose")} text={t("inbox.thread.chooseText")} /></div>
      )}
    </div>
  );
}

/** What waited for a connection goes out once there is one. */
function useResending() {
  const { uid } = usePerson();
  const online = useOnline();
  const { client } = useLeadGen();
  useEffect(() => {
    if (online) resend(client, uid);
  }, [client, online, uid]);
}
