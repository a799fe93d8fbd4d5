// Redirections. Source: bash manual 3.6.
#include "kernel/devices.h"
#include "shell/builtins/operands.h"
#include "shell/scopes.h"

namespace nacre {
namespace {

bool all_digits(const std::string& s) {
  if (s.empty() || s.size() > 9) return false;
  for (char c : s)
    if (c < '0' || c > '9') return false;
  return true;
}

uint32_t open_flags(ast::RedirOp op) {
  switch (op) {
    case ast::RedirOp::In: return kOpenRead;
    case ast::RedirOp::ReadWrite: return kOpenReadWrite | kOpenCreate;
    case ast::RedirOp::Append:
    case ast::RedirOp::AppendErr: return kOpenWrite | kOpenCreate | kOpenAppend;
    default: return kOpenWrite | kOpenCreate | kOpenTruncate;
  }
}

}  // namespace

/// One redirection at work: expands the target, opens, puts the descriptor in place.
class Redirector {
 public:
  Redirector(Shell& sh, Process& target, Shell::SavedFds* undo) : sh_(sh), target_(target), undo_(undo) {}

  bool apply(const ir::Redirect& r) {
    int fd = r.fd;
    if (r.fd_var && !variable_fd(r, &fd)) return false;
    if (fd >= 0 && target_.fd_limit() && static_cast<uint32_t>(fd) >= target_.fd_limit()) {
      return report(std::to_string(fd) + ": Bad file descriptor");
    }
    switch (r.op) {
      case ast::RedirOp::DupIn:
      case ast::RedirOp::DupOut: return duplicate(r, fd);
      case ast::RedirOp::HereDoc:
      case ast::RedirOp::HereString: return here(r, fd);
      default: return file(r, fd);
    }
  }

 private:
  bool report(const std::string& text) {
    // The message goes where the command's own descriptors point, as after fork.
    (void)target_.write(2, sh_.prefix() + text + "\n");
    return false;
  }

  void put(int fd, Ref<File> file, const ir::Redirect& r) {
    bool close_on_exec = false;
    if (r.fd_var && !sh_.options()[Option::VarRedirClose]) {
      // {var}> descriptors stay open after the command.
      target_.fds().set(fd, std::move(file), close_on_exec);
      return;
    }
    if (undo_) undo_->save(fd);
    target_.fds().set(fd, std::move(file), close_on_exec);
  }

  /// {var}>: a free descriptor from 10 on; {var}>&- closes the one var holds.
  bool variable_fd(const ir::Redirect& r, int* fd) {
    bool closing = false;
    if ((r.op == ast::RedirOp::DupIn || r.op == ast::RedirOp::DupOut) && r.target->literal) closing = r.target->text == "-";
    std::string name = sh_.symbols().name(r.fd_var);
    if (closing) {
      const std::string* value = variable_value(r.fd_var, name);
      auto number = value ? whole_number(*value) : std::nullopt;
      if (!value || value->empty() || (number && *number < 0)) return report(name + ": ambiguous redirect");
      *fd = number && *number <= INT32_MAX ? static_cast<int>(*number) : -1;   // what is no number names none
      return true;
    }
    if (const Variable* v = sh_.vars().find(sh_.vars().resolve(r.fd_var)); v && v->has(kReadonly)) {
      report(name + ": readonly variable");
      report(name + ": cannot assign fd to variable");
      return false;
    }
    int n = 10;
    while (target_.fds().get(n)) n++;
    *fd = n;
    return name.ends_with("]") ? sh_.expander().assign_name(name, std::to_string(n)) : sh_.expander().assign(r.fd_var, std::to_string(n));
  }

  /// {name} or {name[subscript]}.
  const std::string* variable_value(Symbol s, const std::string& name) {
    size_t bracket = name.find('[');
    if (bracket == name.npos || name.back() != ']') return sh_.expander().value_of(s);
    Symbol array = sh_.symbols().intern(std::string_view(name).substr(0, bracket));
    std::string subscript = name.substr(bracket + 1, name.size() - bracket - 2);
    const Variable* v = sh_.expander().lookup(array);
    if (!v) return nullptr;
    if (const AssocArray* table = v->assoc_or_null()) return table->get(sh_.expander().key_of(subscript));
    int64_t index = 0;
    if (!v->indexed_or_null() || !sh_.expander().index_of(*v, array, subscript, &index)) return nullptr;
    return v->indexed_or_null()->get(index);
  }

  bool duplicate(const ir::Redirect& r, int fd) {
    std::vector<std::string> fields;
    if (!sh_.expander().fields(*r.target, &fields)) return false;
    std::string raw = r.target->ast ? std::string(r.target->ast->raw) : "";
    if (fields.size() != 1) return report(raw + ": ambiguous redirect");
    std::string text = fields[0];
    if (text == "-") {
      if (undo_ && !r.fd_var) undo_->save(fd);
      (void)target_.close(fd);
      return true;
    }
    // bash guesses which of two descriptors is the bad one.
    auto bad = [&](const std::string& word) {
      return report((fd == (r.op == ast::RedirOp::DupOut ? 1 : 0) ? word : std::to_string(fd)) + ": Bad file descriptor");
    };
    if (text.empty()) return bad(raw);
    // The '-' that moves is written, not expanded.
    bool moves = text.size() > 1 && text.back() == '-';
    bool move = moves && (raw.empty() || raw.back() == '-');
    std::string digits = move ? text.substr(0, text.size() - 1) : text;
    if (!all_digits(digits)) {
      // >&word is the old way to say &>word.
      if (r.op == ast::RedirOp::DupOut && fd == 1 && !r.fd_var) return both(text, false);
      if (moves) raw = move ? digits : text;
      return report(raw + ": ambiguous redirect");
    }
    int from = std::stoi(digits);
    Ref<File> f = target_.file(from);
    if (!f) return r.target->literal ? report(digits + ": Bad file descriptor") : bad(raw);
    if (from == fd) return true;
    put(fd, std::move(f), r);
    if (move) {
      if (undo_ && !r.fd_var) undo_->save(from);
      (void)target_.close(from);
    }
    return true;
  }

  bool here(const ir::Redirect& r, int fd) {
    std::string text;
    bool document = r.op == ast::RedirOp::HereDoc;
    if (!(document ? sh_.expander().here_document(*r.target, &text) : sh_.expander().string(*r.target, &text))) return false;
    if (r.op == ast::RedirOp::HereString) text += '\n';
    put(fd, make_ref<BytesFile>(std::move(text)), r);
    return true;
  }

  bool both(const std::string& path, bool append) {
    auto opened = open(path, append ? ast::RedirOp::AppendErr : ast::RedirOp::OutErr);
    if (!opened) return false;
    for (int fd : {1, 2}) {
      if (undo_) undo_->save(fd);
      target_.fds().set(fd, opened, false);
    }
    return true;
  }

  bool file(const ir::Redirect& r, int fd) {
    std::string path;
    if (sh_.options()[Option::Posix] && !sh_.state().interactive) {
      if (!sh_.expander().string(*r.target, &path)) return false;
    } else {
      std::vector<std::string> fields;
      if (!sh_.expander().fields(*r.target, &fields)) return false;
      if (fields.size() != 1) return report((r.target->ast ? std::string(r.target->ast->raw) : "") + ": ambiguous redirect");
      path = std::move(fields[0]);
    }
    if (sh_.state().restricted && r.op != ast::RedirOp::In) return report(path + ": restricted: cannot redirect output");
    if (r.op == ast::RedirOp::OutErr || r.op == ast::RedirOp::AppendErr) return both(path, r.op == ast::RedirOp::AppendErr);
    Ref<File> f = open(path, r.op);
    if (!f) return false;
    put(fd, std::move(f), r);
    return true;
  }

  Ref<File> open(const std::string& path, ast::RedirOp op) {
    uint32_t flags = open_flags(op);
    bool creates = op == ast::RedirOp::Out || op == ast::RedirOp::OutErr;
    if (creates && sh_.options()[Option::NoClobber]) {
      auto st = target_.stat(path);
      if (st && st->is_regular()) {
        report(path + ": cannot overwrite existing file");
        return nullptr;
      }
      if (!st) flags |= kOpenExclusive;
    }
    auto fd = target_.open(path, flags, 0666);
    while (!fd && fd.error() == Errno::INTR) fd = target_.open(path, flags, 0666);
    if (!fd) {
      report(path + ": " + std::string(message(fd.error())));
      return nullptr;
    }
    Ref<File> f = target_.file(*fd);
    (void)target_.close(*fd);
    return f;
  }

  Shell& sh_;
  Process& target_;
  Shell::SavedFds* undo_;
};

bool Shell::redirect(ir::Seq<ir::Redirect> list, Process& target, SavedFds* undo) {
  Redirector redirector(*this, target, undo);
  // Process substitutions among them belong to the child that is being prepared, as does $!.
  Restore<Process*> outer(redirected_, std::exchange(redirected_, &target));
  int background = state_.last_background;
  bool ok = true;
  for (const ir::Redirect& r : list) ok = ok && redirector.apply(r);
  if (&target != process_) state_.last_background = background;
  return ok;
}

}  // namespace nacre
