// The ties of the actor that is pointed at or focused stand out; the others step back.
window.watchNetworks = () => {
  for (const svg of document.querySelectorAll("svg.network[role=group]")) {
    if (svg.dataset.watched) continue;
    svg.dataset.watched = "yes";
    const choose = (id) => {
      svg.classList.toggle("chosen", id !== null);
      const near = new Set([id]);
      for (const tie of svg.querySelectorAll(".tie")) {
        const on = tie.dataset.a === id || tie.dataset.b === id;
        tie.classList.toggle("on", on);
        if (on) { near.add(tie.dataset.a); near.add(tie.dataset.b); }
      }
      for (const actor of svg.querySelectorAll("g.actor")) actor.classList.toggle("on", near.has(actor.dataset.id));
    };
    for (const actor of svg.querySelectorAll("g.actor")) {
      for (const start of ["mouseenter", "focus"]) actor.addEventListener(start, () => choose(actor.dataset.id));
      for (const end of ["mouseleave", "blur"]) actor.addEventListener(end, () => choose(null));
    }
  }
};
