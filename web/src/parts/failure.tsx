// When something could not be loaded: what happened, and a way on.
import { Alert, Button, Text } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { Component, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { refusalOf } from "./refusal";

/** A failure in the place of what it kept from being shown. */
export function Failure({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t("parts.failedTitle")} role="alert">
      <Text size="sm">{refusalOf(error).text}</Text>
      {onRetry && <Button mt="sm" size="sm" color="red" variant="light" onClick={onRetry}>{t("parts.retry")}</Button>}
    </Alert>
  );
}

/** Catches what breaks while a page is fetched or drawn, so that the frame and its menu stay. */
export class PageBoundary extends Component<{ children: ReactNode }, { broken: boolean }> {
  override state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  override render() {
    return this.state.broken ? <Broken /> : this.props.children;
  }
}

function Broken() {
  const { t } = useTranslation();
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t("parts.broken")} role="alert">
      <Text size="sm">{t("parts.brokenText")}</Text>
      <Button mt="sm" color="red" variant="light" onClick={() => location.reload()}>{t("parts.reload")}</Button>
    </Alert>
  );
}
