/** @file The officer's own picture of his signature, and the agency's seal for whoever keeps it. */
import { Button, NumberInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import type { SignatureImage, SignatureImageKind } from '../../../preload/types.ts';
import { blobUrl } from '../../app/bridge.ts';
import { Dialog } from '../../components/dialog.tsx';
import { formatDateTime } from '../../language/format.ts';
import { fill } from '../../language/words.ts';
import { useHasRole, useWords } from '../../state/session.ts';
import { registerSignatureImage, removeSignatureImage, useSignaturePlaces } from '../../state/signature-places.ts';
import classes from './signing.module.css';

export function SignatureImagesDialog(): ReactNode {
  const words = useWords();
  const { isShowingImages, images } = useSignaturePlaces();
  const isSigner = useHasRole('signer');
  const isAdministrator = useHasRole('admin');
  return (
    <Dialog
      isOpen={isShowingImages}
      onClose={() => useSignaturePlaces.setState({ isShowingImages: false })}
      title={words.signing.images}
      size="34rem"
    >
      {images === null ? (
        <p className="muted">{words.app.loading}</p>
      ) : (
        <div className={classes['pictures']}>
          {isSigner ? <Picture kind="personal" image={images.personal} isKeeper /> : null}
          <Picture kind="seal" image={images.seal} isKeeper={isAdministrator} />
        </div>
      )}
    </Dialog>
  );
}

function Picture({
  kind,
  image,
  isKeeper,
}: {
  readonly kind: SignatureImageKind;
  readonly image: SignatureImage | null;
  readonly isKeeper: boolean;
}): ReactNode {
  const words = useWords();
  const isBusy = useSignaturePlaces((view) => view.isBusy);
  const [widthMm, setWidthMm] = useState<number | null>(null);
  const title = kind === 'seal' ? words.signing.sealImage : words.signing.ownImage;
  const none = kind === 'seal' ? words.signing.sealImageNone : words.signing.ownImageNone;
  return (
    <section aria-label={title}>
      <h3>{title}</h3>
      {image === null ? (
        <p className="muted">{isKeeper ? none : words.signing.sealAsk}</p>
      ) : (
        <>
          <img className={classes['picture']} src={blobUrl(image.blobId)} alt={title} data-testid={`image-${kind}`} />
          <p className="muted">
            {fill(words.signing.imageSince, { name: image.registeredBy, time: formatDateTime(image.registeredAt) })}
            {image.widthMm === null ? '' : ` ${fill(words.signing.imageWidth, { width: Math.round(image.widthMm) })}`}
          </p>
        </>
      )}
      {isKeeper ? (
        <div className={classes['pictureLine']}>
          {kind === 'seal' ? (
            <NumberInput
              label={words.signing.sealWidth}
              description={words.signing.sealWidthHelp}
              min={10}
              max={100}
              decimalScale={1}
              value={widthMm ?? ''}
              onChange={(value) => setWidthMm(typeof value === 'number' ? value : null)}
              data-testid="seal-width"
            />
          ) : null}
          <Button
            loading={isBusy}
            onClick={() => void registerSignatureImage(kind, widthMm)}
            data-testid={`register-${kind}`}
          >
            {image === null ? words.signing.imageChoose : words.signing.imageReplace}
          </Button>
          {image === null ? null : (
            <Button
              variant="default"
              disabled={isBusy}
              onClick={() => void removeSignatureImage(kind)}
              data-testid={`remove-${kind}`}
            >
              {words.signing.imageRemove}
            </Button>
          )}
        </div>
      ) : null}
    </section>
  );
}
