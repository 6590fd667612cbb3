/** @file A question or a failure over the desk, and a panel at its side: one look, named by their title. */
import { Drawer, Modal } from '@mantine/core';
import type { ReactNode } from 'react';
import { useWords } from '../state/session.ts';

interface DialogProps {
  readonly isOpen: boolean;
  readonly onClose: () => void;
  readonly title: string;
  readonly size: string;
  readonly children: ReactNode;
}

// The library's <header> would count as a second banner of the page; the title names the dialog instead.
// What locks scrolling behind a dialog elsewhere does so with a <style> tag; the desk itself never scrolls.

export function Dialog({ isOpen, onClose, title, size, children }: DialogProps): ReactNode {
  const words = useWords();
  return (
    <Modal.Root opened={isOpen} onClose={onClose} size={size} centered lockScroll={false}>
      <Modal.Overlay />
      <Modal.Content>
        <Modal.Header role="presentation">
          <Modal.Title>{title}</Modal.Title>
          <Modal.CloseButton aria-label={words.app.close} />
        </Modal.Header>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  );
}

export function SidePanel({ isOpen, onClose, title, size, children }: DialogProps): ReactNode {
  const words = useWords();
  return (
    <Drawer.Root opened={isOpen} onClose={onClose} size={size} position="right" lockScroll={false}>
      <Drawer.Overlay />
      <Drawer.Content>
        <Drawer.Header role="presentation">
          <Drawer.Title>{title}</Drawer.Title>
          <Drawer.CloseButton aria-label={words.app.close} />
        </Drawer.Header>
        <Drawer.Body>{children}</Drawer.Body>
      </Drawer.Content>
    </Drawer.Root>
  );
}
