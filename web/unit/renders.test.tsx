// Each component renders on a server, where there is no window, as a page of Next.js renders it first.
import { createCroquis, createShown, type Look, type Schemas } from "@croquis/client";
import {
  ConsentCard, Gallery, Generate, LossCurve, ModelList, ModelPage, ModelReview, OpenTraining, PhotoSlots, ShownDoor,
  TrainingProgress, TrainingReview, TrainModel,
} from "@croquis/react"; // prettier-ignore
import { BeforeAfter, Checks, Garments, LookBook, LookBookOrder, Looks, QuickTryOn, TryOn } from "@croquis/react";
import { createClient } from "@supabase/supabase-js";
import type { ReactNode } from "react";
import { renderToString } from "react-dom/server";
import { expect, test } from "vitest";
import { aPhoto, aTraining } from "./a_training";

globalThis.WebSocket ??= class {} as never; // Node 20 has none, and none is opened

const supabase = createClient("http://127.0.0.1:1", "sb_publishable_none", { auth: { persistSession: false } });
const croquis = createCroquis({ apiUrl: "http://127.0.0.1:1", supabase });
const nothing = () => undefined;
const of = (training = aTraining("draft")) => ({ croquis, training, onChange: nothing });
const blocked = aPhoto(1, "front", "standing", {
  status: "rejected",
  override: "click",
  findings: [
    {
      code: "feet_cut", severity: "blocking", sentence: "The feet are cut off.", hint: "Step back.", measured: null,
      threshold: null, overridden_at: null, override: "click",
    }, // prettier-ignore
  ],
});

const aLook: Look = {
  id: "l",
  name: "Autumn in town",
  garments: [],
  against: ["Shirt was removed."],
  created_at: "2026-11-30T12:00:00Z",
};
const aCheck: Schemas["ChecksView"] = {
  one_person: "passes",
  head_to_toe: null,
  face: null,
  not_copied: null,
  body: "cannot_tell",
  garments: "fails",
  why: [],
};

const VIEWS: [string, ReactNode, string][] = [
  [
    "TrainModel",
    <TrainModel croquis={croquis} jobId={null} onOpened={nothing} onUse={nothing} onAnother={nothing} />,
    "Person",
  ],
  ["OpenTraining", <OpenTraining croquis={croquis} onOpened={nothing} />, "Loading"],
  ["PhotoSlots", <PhotoSlots {...of(aTraining("draft", { photos: [blocked] }))} />, "Use it anyway"],
  ["TrainingReview", <TrainingReview {...of()} onBack={nothing} onStarted={nothing} />, "Review before training"],
  ["TrainingProgress", <TrainingProgress {...of(aTraining("training"))} />, "Step 250 of 1000"],
  ["ModelReview", <ModelReview {...of(aTraining("in_review"))} />, "Is this Maya Chen?"],
  ["Generate", <Generate croquis={croquis} modelId="m" onPictures={nothing} />, "Make 2 pictures"],
  ["Gallery", <Gallery croquis={croquis} modelId="m" jobId="j" onOrdered={nothing} />, "Favourites"],
  ["ModelList", <ModelList croquis={croquis} linkTo={(_, it) => it} onTrain={nothing} />, "Loading"],
  ["ModelPage", <ModelPage croquis={croquis} modelId="m" origin="" onRuns={nothing} />, "Loading"],
  [
    "ConsentCard",
    <ConsentCard croquis={croquis} consent={aTraining("draft").consent} origin="" onChange={nothing} />,
    "Consent",
  ],
  ["Garments", <Garments croquis={croquis} />, "Loading"],
  ["Looks", <Looks croquis={croquis} looks={[aLook]} onChange={nothing} />, "Autumn in town"],
  ["TryOn", <TryOn croquis={croquis} modelId="m" onGarments={nothing} onModel={nothing} />, "Loading"],
  [
    "QuickTryOn",
    <QuickTryOn croquis={croquis} modelId="m" name="Maya Chen" onGarments={nothing} onMore={nothing} />,
    "Dress the model",
  ],
  [
    "BeforeAfter",
    <BeforeAfter before="b.png" after="a.png" width={2} height={3} name="Wears: Shirt" />,
    'aria-valuetext="50 % before"',
  ],
  ["Checks", <Checks checks={aCheck} />, "not as in their pictures"],
  [
    "LookBookOrder",
    <LookBookOrder croquis={croquis} modelId="m" onOrdered={nothing} onGarments={nothing} linkTo={(_, it) => it} />,
    "Loading",
  ],
  ["LookBook", <LookBook croquis={croquis} lookBookId="b" />, "Loading"],
  ["ShownDoor", <ShownDoor shown={createShown("http://127.0.0.1:1", "token")} />, "Loading"],
];

test.each(VIEWS)("%s renders on a server", (_, view, says) => {
  expect(renderToString(view)).toContain(says);
});

test("the loss is said in a sentence beside its curve", () => {
  const points = [
    { step: 10, loss: 0.5 },
    { step: 500, loss: 0.1 },
    { step: 1000, loss: 0.1 },
  ];
  const html = renderToString(<LossCurve points={points} totalSteps={1000} />);
  expect(html).toContain("Loss fell from 0.500 to 0.389 by step 1000.");
  expect(html).toContain('aria-hidden="true"');
});
