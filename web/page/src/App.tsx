import { createShown } from "@croquis/client";
import { type LinkTo, Loading, ModelList, ModelPage, Offline, ShownDoor, TrainModel, words } from "@croquis/react";
import { Garments, LookBook, LookBookOrder, TryOn, YourData } from "@croquis/react";
import { useEffect, useMemo, useState } from "react";
import { Link, Redirect, Route, Switch, useLocation } from "wouter";
import type { Connected } from "./connection";
import { NewPassword, WAY_TO_NEW_PASSWORD } from "./NewPassword";
import { SignIn } from "./SignIn";
import { useSession } from "./useSession";

const DATA = "/your-data";

/** Sign-in and routes: all that the components do not know. */
export function App({ connection }: { connection: Connected }) {
  return (
    <>
      <Offline />
      <Switch>
        <Route path="/shown">
          <Shown apiUrl={connection.apiUrl} />
        </Route>
        <Route path={WAY_TO_NEW_PASSWORD}>
          <NewPasswordPage {...connection} />
        </Route>
        <Route>
          <SignedIn {...connection} />
        </Route>
      </Switch>
    </>
  );
}

function SignedIn({ supabase, croquis }: Connected) {
  const { session, ended, leave } = useSession(supabase);
  if (session === undefined) return <Loading tall />;
  if (session === null) return <SignIn supabase={supabase} ended={ended} />;
  return (
    <div key={session.user.id}>
      <Header email={session.user.email ?? ""} onSignOut={leave} />
      <main className="main">
        <Switch>
          <Route path="/models/train/:id?">{({ id }) => <Train croquis={croquis} jobId={id ?? null} />}</Route>
          <Route path="/models">
            <Models croquis={croquis} />
          </Route>
          <Route path="/garments">
            <Wardrobe croquis={croquis} />
          </Route>
          <Route path={DATA}>
            <Data croquis={croquis} />
          </Route>
          <Route path="/models/:id/try-on">{({ id }) => <Dress key={id} croquis={croquis} modelId={id} />}</Route>
          <Route path="/models/:id/look-book">
            {({ id }) => <NewLookBook key={id} croquis={croquis} modelId={id} />}
          </Route>
          <Route path="/look-books/:id">{({ id }) => <OneLookBook key={id} croquis={croquis} lookBookId={id} />}</Route>
          <Route path="/models/:id">{({ id }) => <OneModel key={id} croquis={croquis} modelId={id} />}</Route>
          <Route>
            <Redirect to="/models" replace />
          </Route>
        </Switch>
      </main>
    </div>
  );
}

function Header({ email, onSignOut }: { email: string; onSignOut: () => void }) {
  return (
    <header className="header">
      <Link href="/models" className="brand">
        {words.appName}
      </Link>
      <nav className="nav" aria-label={words.appName}>
        <Link href="/models" className={(active) => (active ? "here" : "")}>
          {words.models.title}
        </Link>
        <Link href="/models/train" className={(active) => (active ? "here" : "")}>
          {words.models.train}
        </Link>
        <Link href="/garments" className={(active) => (active ? "here" : "")}>
          {words.garments.title}
        </Link>
        <Link href={DATA} className={(active) => (active ? "here" : "")}>
          {words.data.title}
        </Link>
      </nav>
      <span className="email">{email}</span>
      <button type="button" className="signout" onClick={onSignOut}>
        {words.account.signOut}
      </button>
    </header>
  );
}

function Train({ croquis, jobId }: Pick<Connected, "croquis"> & { jobId: string | null }) {
  const [, go] = useLocation();
  useTitle(words.models.train);
  return (
    <TrainModel
      croquis={croquis}
      jobId={jobId}
      onOpened={(id) => go(`/models/train/${id}`, { replace: true })}
      onUse={(id) => go(`/models/${id}`)}
      onDress={{ garments: () => go("/garments"), tryOn: (id) => go(`/models/${id}/try-on`) }}
      onAnother={() => go("/models/train")}
      onProgress={title}
    />
  );
}

const linkTo: LinkTo = ({ training, model }, children) => (
  <Link href={training ? `/models/train/${training}` : `/models/${model}`}>{children}</Link>
);

function Models({ croquis }: Pick<Connected, "croquis">) {
  const [, go] = useLocation();
  useTitle(words.models.title);
  return <ModelList croquis={croquis} linkTo={linkTo} onTrain={() => go("/models/train")} />;
}

function OneModel({ croquis, modelId }: Pick<Connected, "croquis"> & { modelId: string }) {
  const [, go] = useLocation();
  useTitle(words.gallery.title);
  return (
    <ModelPage
      croquis={croquis}
      modelId={modelId}
      origin={location.origin}
      onRuns={(id) => go(`/models/train/${id}`)}
      onTryOn={() => go(`/models/${modelId}/try-on`)}
      onLookBook={() => go(`/models/${modelId}/look-book`)}
      onErased={() => go(DATA)}
    />
  );
}

function NewPasswordPage(connection: Connected) {
  useTitle(words.account.newTitle);
  return <NewPassword {...connection} />;
}

function Wardrobe({ croquis }: Pick<Connected, "croquis">) {
  useTitle(words.garments.title);
  return <Garments croquis={croquis} />;
}

function Data({ croquis }: Pick<Connected, "croquis">) {
  useTitle(words.data.title);
  return <YourData croquis={croquis} />;
}

function Dress({ croquis, modelId }: Pick<Connected, "croquis"> & { modelId: string }) {
  const [, go] = useLocation();
  useTitle(words.tryOn.title);
  return (
    <TryOn
      croquis={croquis}
      modelId={modelId}
      onGarments={() => go("/garments")}
      onModel={() => go(`/models/${modelId}`)}
    />
  );
}

function NewLookBook({ croquis, modelId }: Pick<Connected, "croquis"> & { modelId: string }) {
  const [, go] = useLocation();
  useTitle(words.lookBook.new);
  return (
    <LookBookOrder
      croquis={croquis}
      modelId={modelId}
      onOrdered={(id) => go(`/look-books/${id}`)}
      onGarments={() => go("/garments")}
      linkTo={(id, children) => <Link href={`/look-books/${id}`}>{children}</Link>}
    />
  );
}

function OneLookBook({ croquis, lookBookId }: Pick<Connected, "croquis"> & { lookBookId: string }) {
  const [, go] = useLocation();
  useTitle(words.lookBook.title);
  return (
    <LookBook croquis={croquis} lookBookId={lookBookId} onModel={(id) => go(`/models/${id}`)} onProgress={title} />
  );
}

/** The token is read from behind the #, which no server sees; a new link in the same tab is another token. */
function Shown({ apiUrl }: Pick<Connected, "apiUrl">) {
  const [token, setToken] = useState(location.hash.slice(1));
  useEffect(() => {
    const changed = () => setToken(location.hash.slice(1));
    addEventListener("hashchange", changed);
    return () => removeEventListener("hashchange", changed);
  }, []);
  const shown = useMemo(() => createShown(apiUrl, token), [apiUrl, token]);
  useTitle(words.shown.title);
  return (
    <main className="main">
      <p className="brand alone">{words.appName}</p>
      <ShownDoor key={token} shown={shown} />
    </main>
  );
}

function useTitle(says: string): void {
  useEffect(() => title(says), [says]);
}

function title(says: string): void {
  document.title = `${says} · ${words.appName}`;
}
