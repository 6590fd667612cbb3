/** @file Short news that goes away by itself; with a way back where there is one. */
import { Button, Group, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconArrowBackUp, IconCheck } from '@tabler/icons-react';
import { currentWords } from '../state/session.ts';

const NEWS_MS = 4000;
const UNDO_MS = 10_000;

export function tell(message: string): void {
  notifications.show({
    message,
    icon: <IconCheck size={18} aria-hidden />,
    color: 'green.9',
    autoClose: NEWS_MS,
    closeButtonProps: { 'aria-label': currentWords().app.close },
  });
}

/** Says what was done and offers to take it back: the desk's answer to "are you sure?". */
export function tellWithUndo(message: string, undo: () => void): void {
  const words = currentWords();
  const id = `undo-${message}`;
  notifications.hide(id);
  notifications.show({
    id,
    message: (
      <Group justify="space-between" wrap="nowrap">
        <Text size="md">{message}</Text>
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconArrowBackUp size={16} aria-hidden />}
          onClick={() => {
            notifications.hide(id);
            undo();
          }}
        >
          {words.app.undo}
        </Button>
      </Group>
    ),
    color: 'navy',
    autoClose: UNDO_MS,
    closeButtonProps: { 'aria-label': words.app.close },
  });
}
