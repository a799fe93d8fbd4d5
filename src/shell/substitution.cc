// Command and process substitution.
// Source: bash manual 3.5.4, 3.5.6.
#include <algorithm>

#include "base/buffer.h"
#include "kernel/capture.h"
#include "kernel/pipe.h"
#include "shell/scopes.h"

namespace nacre {
namespace {

void strip_newlines(std::string& s) {
  while (!s.empty() && s.back() == '\n') s.pop_back();
}

}  // namespace

/// $(< file)
bool Shell::file_substitution(const ir::List& list, std::string* out, bool* handled) {
  *handled = false;
  if (list.items.size() != 1 || list.items[0].background || list.items[0].command->kind != ast::CommandKind::Simple) return true;
  auto& simple = static_cast<const ir::Simple&>(*list.items[0].command);
  if (!simple.words.empty() || !simple.assignments.empty() || simple.redirects.size() != 1) return true;
  const ir::Redirect& r = simple.redirects[0];
  if (r.op != ast::RedirOp::In || r.fd != 0 || r.fd_var) return true;
  *handled = true;
  std::string path;
  if (!expander_.single_field(*r.target, &path)) return false;
  auto fd = process_->open(path, kOpenRead);
  if (!fd) {
    error(path + ": " + std::string(message(fd.error())));
    substitution_status_ = 1;
    set_status(1);
    return true;
  }
  Buffer buffer = make_buffer(kBlockBytes);
  while (true) {
    auto n = process_->read(*fd, {buffer.get(), kBlockBytes});
    if (!n || *n == 0) break;
    charge(*n);
    out->append(buffer.get(), *n);
  }
  (void)process_->close(*fd);
  substitution_status_ = 0;
  set_status(0);
  return true;
}

/// How the lines of a body are counted when it runs at `line`: bash keeps the text of $( ) and <( ) as it prints
/// it, that of backquotes and here-documents as it is.
static LineBase lines_of_body(const ir::Part& part, bool in_here_document, uint32_t line) {
  if (in_here_document || part.backquoted || !part.list || part.list->items.empty()) return {line - part.line, false};
  if (part.printed) return {line - 1, true};
  const ir::Command* c = part.list->items[0].command;
  while (true) {
    if (c->kind == ast::CommandKind::AndOr) c = static_cast<const ir::AndOr*>(c)->first;
    else if (c->kind == ast::CommandKind::Pipeline && !static_cast<const ir::Pipeline*>(c)->stages.empty()) c = static_cast<const ir::Pipeline*>(c)->stages[0];
    else return {line - std::max(c->line, part.line), false};
  }
}

bool Shell::command_substitution(const ir::Part& part, std::string* out) {
  if (!part.list) {
    if (part.ast && !part.ast->error.empty()) return report_embedded(*part.ast);
    substitution_status_ = 0;
    return true;
  }
  bool handled = false;
  if (!file_substitution(*part.list, out, &handled)) return false;
  if (!handled) {
    auto capture = make_ref<Capture>();
    Process& child = fork();
    child.fds().set(1, make_ref<CaptureFile>(capture), false);
    WaitStatus st = kernel().call(child, [&](Process& p) {
      Shell sub(p, *this);
      // Inside $(...) set -e holds only where inherit_errexit says so.
      if (!state_.options[Option::InheritErrExit] && !state_.options[Option::Posix]) sub.set_option(Option::ErrExit, false);
      sub.loop_depth_ = 0;
      sub.in_substitution_ = true;
      sub.lines_ = lines_of_body(part, expander_.in_here_document(), line_);
      sub.set_tail(*part.list);
      // Aliases hold in here too; the body was read without them.
      bool reread = sub.options()[Option::ExpandAliases] && !sub.state().aliases->empty() && !part.backquoted && part.ast;
      if (!reread) sub.trace_depth_++;
      return sub.run_subshell([&] { return reread ? sub.run_text(part.ast->raw, line_) : sub.run_list(*part.list); });
    });
    // Background processes may still hold the other end: the value is complete when all have let go.
    while (!capture->closed) {
      kernel().scheduler().wait(capture->changed);
      kernel().deliver(*process_);
    }
    *out = std::move(capture->bytes);
    substitution_status_ = st.shell_status();
    set_status(substitution_status_);
  }
  if (out->find('\0') != out->npos) {
    error("warning: command substitution: ignored null byte in input");
    std::erase(*out, '\0');
  }
  strip_newlines(*out);
  return true;
}

/// A body in backquotes that did not parse is an error of the moment it is run.
bool Shell::report_embedded(const ast::Part& part) {
  std::string_view text = part.error;
  uint32_t outer = line_;
  if (part.error_line) line_ = part.error_line;
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string where = state_.frames.empty() ? state_.shell_name : *state_.frames.back().source;
    (void)process_->write(2, where + ": command substitution: line " + std::to_string(line_) + ": " + std::string(text.substr(0, end)) + "\n");
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  line_ = outer;
  substitution_status_ = 2;
  set_status(2);
  return true;
}

bool Shell::process_substitution(const ir::Part& part, std::string* path) {
  auto [reader, writer] = make_pipe(kernel());
  bool input = part.direction == '<';
  // Descriptors are given from 63 down, as bash does.
  int fd = 63;
  while (fd > 10 && process_->fds().get(fd)) fd--;
  process_->fds().set(fd, input ? reader : writer, false);
  if (redirected_ && redirected_ != process_) redirected_->fds().set(fd, input ? reader : writer, false);
  auto program = program_;
  const ir::List* list = part.list;
  const LineBase lines = lines_of_body(part, expander_.in_here_document(), line_);
  Process& child = start_subshell(
      [program, list, lines](Shell& sub) {
        if (!list) return Flow::Next;
        sub.lines_ = lines;
        sub.trace_depth_++;
        sub.set_tail(*list);
        return sub.run_list(*list);
      },
      [&](Process& p) {
        if (input) p.fds().set(1, writer, false);
        else p.fds().set(0, reader, false);
        p.fds().remove(fd);
        for (int other : substitution_fds_) p.fds().remove(other);
      });
  state_.last_background = child.pid();
  substitution_fds_.push_back(fd);
  *path = "/dev/fd/" + std::to_string(fd);
  return true;
}

void Shell::close_substitutions(size_t keep) {
  while (substitution_fds_.size() > keep) {
    (void)process_->close(substitution_fds_.back());
    substitution_fds_.pop_back();
  }
}

}  // namespace nacre
