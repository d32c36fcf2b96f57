import parts from "./parts.module.css";
import { Tiles } from "./Tiles";
import { Loading, Trouble } from "./Trouble";
import type { ModelPictures } from "./useModelPictures";
import { words } from "./words";

interface PictureChoiceProps {
  of: ModelPictures;
  label: string;
  chosen: readonly string[];
  several?: boolean;
  onChoose: (id: string) => void;
}

/** The saved pictures of a model to choose from, the newest first. */
export function PictureChoice({ of, label, chosen, several = false, onChoose }: PictureChoiceProps) {
  const { pictures, more, error, again } = of;
  if (!pictures) return error ? <Trouble error={error} again={again} /> : <Loading />;
  if (pictures.length === 0) return <p className={parts.note}>{words.tryOn.noPictures}</p>;
  const tiles = pictures.map((it) => ({ id: it.id, name: it.prompt, pictures: [it.url!] }));
  return (
    <>
      <Tiles tall label={label} tiles={tiles} chosen={chosen} several={several} onChoose={onChoose} />
      {more && (
        <button type="button" className={parts.link} onClick={more}>
          {words.gallery.more}
        </button>
      )}
    </>
  );
}
