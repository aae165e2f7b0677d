// Kept's widget: tells the server what happens in a page, and shows the survey that comes back. See docs/widget.md
(() => {
  const script = document.currentScript || document.querySelector("script[data-key]")
  const queued = window.kept
  if (!script || queued?.isReady || !document.adoptedStyleSheets) return
  const { key, mode: usual = "popover" } = script.dataset
  const { origin } = new URL(script.src)
  let contact = {}
  let turn = Promise.resolve()
  let open, visitor

  const chance = () => crypto.getRandomValues(new Uint32Array(4)).join("-")
  const recall = () => {
    try {
      visitor = localStorage.kept ||= chance()
    } catch {
      visitor ||= chance() // for as long as the page lasts
    }
    return visitor
  }

  // One request after the other, so that each knows what the one before has opened. Whatever fails, the page goes on.
  const tell = (path, body, { mode = usual, target } = {}) => {
    const who = contact.id ? contact : { ...contact, visitor: recall() }
    turn = turn.then(async () => {
      const place = mode === "inline" && (target?.nodeType ? target : document.querySelector(target))
      const isBusy = !!(place ? place.querySelector("[data-kept]") : open)
      if (isBusy && path === "ask") return
      const known = { key, once: chance(), contact: who, language: document.documentElement.lang, is_busy: isBusy }
      const answer = await fetch(`${origin}/widget/${path}`, {
        method: "POST",
        body: JSON.stringify({ ...known, ...body }),
        credentials: "omit",
        keepalive: true,
        signal: AbortSignal.timeout?.(9e3),
      })
      const { ask } = await answer.json()
      if (ask) show(ask, mode, place)
    }).catch(() => {})
  }

  const show = ({ url, title }, mode, place) => {
    const frame = Object.assign(document.createElement("iframe"), { src: url, title })
    const box = place ? frame : document.createElement("dialog")
    const before = document.activeElement
    const end = () => {
      removeEventListener("message", hear)
      box.remove()
      if (box === open) open = 0
    }
    const hear = ({ origin: from, source, data }) => {
      if (from !== origin || source !== frame.contentWindow) return
      const { kept: said, height } = data
      if (said === "size") {
        frame.style.height = `${height}px`
        // Seen once the survey is there. A slide-in leaves the focus where somebody may be typing.
        if (!box.inert) return
        box.inert = false
        if (mode === "slide-in") return
        box.open = false
        box.showModal()
      } else if (said === "close") {
        const isInside = document.activeElement === frame
        place ? end() : box.close()
        if (isInside) before.focus()
      } else dispatchEvent(new Event(`kept:${said}`))
    }
    addEventListener("message", hear)
    box.dataset.kept = mode
    if (place) return place.append(box)
    open = box
    box.open = box.inert = true
    box.ariaLabel = title
    box.onclose = end
    box.append(frame)
    document.body.append(box)
    setTimeout(() => box.inert && end(), 2e4)
  }

  const sheet = new CSSStyleSheet()
  sheet.replaceSync(`
iframe[data-kept],[data-kept] iframe{display:block;width:100%;height:20rem;border:0}
dialog[data-kept]{position:fixed;width:min(30rem,100% - 2rem);max-width:none;max-height:none;padding:0;border:0;border-radius:12px;overflow:hidden;box-shadow:0 4px 32px #0006;z-index:2147483647}
[data-kept]::backdrop{background:#0008}
dialog[data-kept] iframe{max-height:calc(100vh - 2rem)}
dialog[data-kept=slide-in]{inset:auto 1rem 1rem auto}
dialog[data-kept=full]{width:100%;height:100%;border-radius:0}
dialog[data-kept=full] iframe{height:100%!important;max-height:none}
[data-kept][inert]{opacity:0;pointer-events:none}
@media(prefers-reduced-motion:no-preference){dialog[data-kept]:not([inert]){animation:kept .2s}}
@keyframes kept{from{opacity:0;translate:0 1rem}}`)
  document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]

  const commands = {
    identify: (given) => (contact = given || {}),
    event: (name, properties, look) => tell("event", { name, properties }, look),
    ask: (touchpoint, look) => tell("ask", { touchpoint }, look),
  }
  window.kept = (name, ...given) => void commands[name]?.(...given)
  kept.isReady = true
  for (const command of queued?.q || []) kept(...command)
})()
