// Completions in the editor, asked of the server, and going to a line.
window.readyEditor = async (id, kind, scenario) => {
  const CM = await import("nicegui-codemirror");
  const view = await getElement(id).editorPromise;
  const source = async (context) => {
    const word = context.matchBefore(/[\w.:>*-]*$/);
    const line = context.state.doc.lineAt(context.pos);
    const before = line.text.slice(0, context.pos - line.from);
    if (!context.explicit && word.from === word.to && !/[:[{,]\s$/.test(before)) return null;
    const answer = await fetch("/complete", {
      method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ kind, scenario, text: context.state.doc.toString(), offset: context.pos }),
    });
    if (!answer.ok) return null;
    const found = await answer.json();
    return found.options.length ? { from: found.from, options: found.options, validFor: /^[\w.:>*-]*$/ } : null;
  };
  const data = CM.EditorState.languageData.of(() => [{ autocomplete: source }]);
  view.dispatch({ effects: CM.StateEffect.appendConfig.of(data) });
  const paint = () => getElement(id)?.setTheme(Quasar.Dark.isActive ? "githubDark" : "githubLight");
  paint();
  new MutationObserver(paint).observe(document.body, { attributes: true, attributeFilter: ["class"] });
  view.contentDOM.setAttribute("aria-label", `Text of the ${kind}`);
};
window.goToLine = async (id, number) => {
  const view = await getElement(id).editorPromise;
  const line = view.state.doc.line(Math.min(Math.max(number, 1), view.state.doc.lines));
  view.dispatch({ selection: { anchor: line.from }, scrollIntoView: true });
  view.focus();
};
