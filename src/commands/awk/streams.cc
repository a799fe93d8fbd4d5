/// Files and pipes of an awk program: print > | >>, getline < |, close, fflush.
#include "commands/awk/interp.h"

namespace nacre {

Output* AwkInterp::output_for(const AwkNode* n) {
  std::string name = text(n->a);
  if (name == "/dev/stdout" || name == "-") return &out_;
  auto found = streams_.find(name);
  if (found != streams_.end() && found->second.out) return found->second.out.get();
  Stream s;
  if (n->redirect == '|') {
    out_.flush();
    s.pipe = open_shell_pipe(p_, name, false);
    s.fd = s.pipe.fd;
    if (s.fd < 0) fatal("fatal: cannot open pipe `" + name + "' for output");
  } else {
    auto fd = name == "/dev/stderr" ? Result<int>(2) : p_.open(name, kOpenWrite | kOpenCreate | (n->redirect == 'a' ? kOpenAppend : kOpenTruncate));
    if (!fd) fatal("fatal: cannot redirect to `" + name + "': " + std::string(message(fd.error())));
    s.fd = *fd;
  }
  s.out = std::make_unique<Output>(p_, s.fd, 2);
  if (name == "/dev/stderr") s.out->set_line_buffered(true);
  return (streams_[name] = std::move(s)).out.get();
}

double AwkInterp::close_stream(const std::string& name) {
  auto found = streams_.find(name);
  if (found == streams_.end()) return -1;
  Stream s = std::move(found->second);
  streams_.erase(found);
  if (s.out) s.out->flush();
  if (s.pipe.pid) {
    s.in.reset();
    return close_shell_pipe(p_, s.pipe);
  }
  s.in.reset();
  if (s.out && s.fd > 2) (void)p_.close(s.fd);
  return 0;
}

void AwkInterp::flush_all() {
  out_.flush();
  for (auto& s : streams_) if (s.second.out) s.second.out->flush();
}

double AwkInterp::getline(const AwkNode* n) {
  if (n->op == AwkOp::Getline) {
    if (!n->a) return next_record() ? 1 : 0;
    // Into a variable: $0 and NF stay.
    std::string saved = std::string(field_view(0));
    bool was_split = split_;
    if (!was_split) split_fields();
    set_nf(static_cast<int64_t>(nf_));
    std::vector<FieldSlot> fields = fields_;
    size_t nf = nf_;
    bool any = next_record();
    std::string line = record_;
    record_ = saved;
    record_stale_ = false;
    fields_ = std::move(fields);
    nf_ = nf;
    split_ = true;
    globals_[kNF].value = AwkValue(static_cast<double>(nf));
    if (!any) return 0;
    assign(n->a, AwkValue::input(line));
    return 1;
  }
  std::string name = text(n->b);
  auto found = streams_.find(name);
  if (found == streams_.end()) {
    Stream s;
    if (n->op == AwkOp::GetlinePipe) {
      flush_all();
      s.pipe = open_shell_pipe(p_, name, true);
      s.fd = s.pipe.fd;
      if (s.fd < 0) return -1;
      s.in = std::make_unique<Input>(p_, s.fd, name, false);
    } else {
      bool standard = name == "-" || name == "/dev/stdin";
      auto fd = standard ? Result<int>(0) : p_.open(name, kOpenRead);
      if (!fd) return -1;
      if (auto st = p_.fstat(*fd); st && st->is_dir()) { (void)p_.close(*fd); return -1; }
      s.fd = *fd;
      s.in = std::make_unique<Input>(p_, *fd, name, !standard);
    }
    found = streams_.emplace(name, std::move(s)).first;
  }
  if (!found->second.in) return -1;
  std::string line;
  if (!read_record(*found->second.in, line)) return found->second.in->error() == Errno::OK ? 0 : -1;
  if (n->op == AwkOp::GetlinePipe) globals_[kNR].value = AwkValue(globals_[kNR].value.to_number() + 1);
  if (n->a) assign(n->a, AwkValue::input(line));
  else set_record(line);
  return 1;
}

}  // namespace nacre
