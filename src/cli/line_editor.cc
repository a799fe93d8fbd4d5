#include "cli/line_editor.h"

#include <cerrno>
#include <cstdio>
#include <dlfcn.h>
#include <histedit.h>
#include <unistd.h>

namespace nacre::cli {
namespace {

/// el_set's EL_PROMPT callback finds its editor here: there is one terminal.
const std::string* current_prompt = nullptr;
char* prompt_text(EditLine*) { return const_cast<char*>(current_prompt ? current_prompt->c_str() : ""); }

}  // namespace

struct LineEditor::Library {
  decltype(&::el_init) init;
  decltype(&::el_end) end;
  decltype(&::el_set) set;
  decltype(&::el_gets) gets;
  decltype(&::history_init) history_init;
  decltype(&::history_end) history_end;
  decltype(&::history) history;

  static Library* load() {
    static Library lib{};
    void* handle = dlopen("libedit.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!handle) return nullptr;
    auto get = [&](auto& f, const char* name) { return (f = reinterpret_cast<std::remove_reference_t<decltype(f)>>(dlsym(handle, name))) != nullptr; };
    bool ok = get(lib.init, "el_init") && get(lib.end, "el_end") && get(lib.set, "el_set") && get(lib.gets, "el_gets") &&
              get(lib.history_init, "history_init") && get(lib.history_end, "history_end") && get(lib.history, "history");
    return ok ? &lib : nullptr;
  }
};

LineEditor::LineEditor() {
  if (!isatty(0) || !isatty(2)) return;
  lib_ = Library::load();
  if (!lib_) return;
  auto* el = lib_->init("nacre", stdin, stderr, stderr);
  if (!el) return;
  editor_ = el;
  auto* h = lib_->history_init();
  history_ = h;
  HistEvent event;
  lib_->history(h, &event, H_SETSIZE, 1000);
  lib_->set(el, EL_PROMPT, &prompt_text);
  lib_->set(el, EL_EDITOR, "emacs");
  lib_->set(el, EL_HIST, lib_->history, h);
  lib_->set(el, EL_SIGNAL, 0);
}

LineEditor::~LineEditor() {
  if (editor_) lib_->end(static_cast<EditLine*>(editor_));
  if (history_) lib_->history_end(static_cast<History*>(history_));
}

std::string LineEditor::read(const std::string& prompt) {
  prompt_ = prompt;
  current_prompt = &prompt_;
  int count = 0;
  errno = 0;
  const char* line = lib_->gets(static_cast<EditLine*>(editor_), &count);
  // Ctrl-C ends the line, not the input.
  if ((!line || count <= 0) && errno == EINTR) return "\n";
  if (!line || count <= 0) return "";
  std::string text(line, static_cast<size_t>(count));
  if (text != "\n") {
    HistEvent event;
    lib_->history(static_cast<History*>(history_), &event, H_ENTER, line);
  }
  return text;
}

}  // namespace nacre::cli
