"use client";
import type { Croquis, Training } from "@croquis/client";
import { useEffect, useState } from "react";
import { Guide } from "./Guide";
import { ModelReview, Retry } from "./ModelReview";
import { OpenTraining } from "./OpenTraining";
import parts from "./parts.module.css";
import { PhotoSlots } from "./PhotoSlots";
import { QuickTryOn } from "./QuickTryOn";
import { Steps } from "./Steps";
import styles from "./TrainModel.module.css";
import { TrainingProgress } from "./TrainingProgress";
import { SetFindings, TrainingReview } from "./TrainingReview";
import { Loading, Missing, Trouble } from "./Trouble";
import { useTraining, works } from "./useTraining";
import { words } from "./words";

export interface TrainModelProps {
  croquis: Croquis;
  /** The training that is shown, or null to begin one. */
  jobId: string | null;
  /** A training was opened: put its id where a reload finds it. */
  onOpened: (jobId: string) => void;
  /** The person wants pictures of the model that was approved. */
  onUse: (modelId: string) => void;
  /** Where to go from an approved model to its garments and try-ons; without it nothing is offered there. */
  onDress?: { garments: () => void; tryOn: (modelId: string) => void };
  /** The person wants to begin another training. */
  onAnother: () => void;
  /** How far it is in a few words, for the tab's title. */
  onProgress?: (title: string) => void;
}

/** The whole way: the person and their consent, photos, review, training, decision. */
export function TrainModel({ croquis, jobId, onOpened, ...ways }: TrainModelProps) {
  if (jobId) return <Job key={jobId} croquis={croquis} jobId={jobId} {...ways} />;
  return (
    <div className={styles.train}>
      <Steps at={0} />
      <OpenTraining croquis={croquis} onOpened={({ id }) => onOpened(id)} />
    </div>
  );
}

type JobProps = Omit<TrainModelProps, "jobId" | "onOpened"> & { jobId: string };

function Job({ croquis, jobId, onProgress, ...ways }: JobProps) {
  const { training, error, look } = useTraining(croquis, jobId);
  const [reviewing, setReviewing] = useState(false);
  useEffect(() => {
    if (training && onProgress) onProgress(titleOf(training));
  }, [training, onProgress]);
  if (!training) return error ? <Missing error={error} again={look} /> : <Loading tall />;
  return (
    <div className={styles.train}>
      <Steps at={stepOf(training, reviewing)} />
      <Trouble error={error} again={look} />
      <Stage
        croquis={croquis}
        training={training}
        look={look}
        reviewing={reviewing}
        onReview={setReviewing}
        {...ways}
      />
    </div>
  );
}

interface StageProps extends Omit<JobProps, "jobId" | "onProgress"> {
  training: Training;
  look: () => void;
  reviewing: boolean;
  onReview: (reviewing: boolean) => void;
}

function Stage({ croquis, training, look, reviewing, onReview, ...ways }: StageProps) {
  const shared = { croquis, training, onChange: look };
  if (training.status === "draft" && reviewing) {
    return <TrainingReview {...shared} onBack={() => onReview(false)} onStarted={look} />;
  }
  if (training.status === "draft") return <Draft {...shared} onReview={() => onReview(true)} />;
  if (works(training)) return <TrainingProgress {...shared} />;
  if (training.status === "in_review") return <ModelReview {...shared} />;
  return <Over {...shared} {...ways} />;
}

type PartProps = { croquis: Croquis; training: Training; onChange: () => void };

function Draft({ onReview, ...shared }: PartProps & { onReview: () => void }) {
  const { accepted_photos, rules, set_findings } = shared.training;
  const missing = Math.max(0, rules.minimum - accepted_photos);
  return (
    <>
      <header>
        <h1>{shared.training.model_name}</h1>
        <p className={styles.lead}>{words.photos.lead(rules.minimum, rules.maximum)}</p>
      </header>
      <PhotoSlots {...shared} />
      <div className={styles.next}>
        <p role="status">{words.photos.accepted(accepted_photos, rules.minimum, rules.maximum)}</p>
        <button type="button" className={parts.primary} disabled={missing > 0} onClick={onReview}>
          {missing > 0 ? words.photos.notYet(missing) : words.photos.next}
        </button>
      </div>
      <div className={styles.below}>
        <SetFindings findings={set_findings} />
        <Guide />
      </div>
    </>
  );
}

function Over({
  onUse,
  onAnother,
  onDress,
  ...shared
}: PartProps & Pick<StageProps, "onUse" | "onAnother" | "onDress">) {
  const { training } = shared;
  const [again, setAgain] = useState(false);
  const approved = training.status === "approved";
  const titles = { failed: words.result.failed, canceled: words.result.canceled, rejected: words.result.rejected };
  const title = titles[training.status as keyof typeof titles] ?? words.result.approved(training.model_name);
  return (
    <>
      <header>
        <h1>{title}</h1>
        {approved && <p className={styles.lead}>{words.result.approvedMore}</p>}
      </header>
      <div className={parts.row}>
        {approved && training.model && (
          <button type="button" className={parts.primary} onClick={() => onUse(training.model!.id)}>
            {words.models.pictures}
          </button>
        )}
        {training.status === "failed" && !again && (
          <button type="button" className={parts.primary} onClick={() => setAgain(true)}>
            {words.result.retry}
          </button>
        )}
        <button type="button" className={parts.plain} onClick={onAnother}>
          {words.result.newOne}
        </button>
      </div>
      {approved && training.model && onDress && training.consent.uses.includes("try_on") && (
        <QuickTryOn
          croquis={shared.croquis}
          modelId={training.model.id}
          name={training.model_name}
          onGarments={onDress.garments}
          onMore={() => onDress.tryOn(training.model!.id)}
        />
      )}
      {again && <Retry {...shared} onClose={() => setAgain(false)} />}
      <ModelReview {...shared} />
    </>
  );
}

function stepOf(training: Training, reviewing: boolean): number {
  if (training.status === "draft") return reviewing ? 2 : 1;
  return works(training) ? 3 : 4;
}

function titleOf(training: Training): string {
  const stage = words.job[training.status];
  return works(training) ? words.progress.title(stage, training.progress) : `${training.model_name} · ${stage}`;
}
