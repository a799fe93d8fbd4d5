#include "shell/builtins/job_operand.h"

#include "shell/builtins/operands.h"

namespace nacre {
namespace {

Job* no_such_job(Shell& sh, const std::string& spec) {
  sh.builtin_error(spec + ": no such job");
  return nullptr;
}

}  // namespace

Job* find_job(Shell& sh, const std::string& spec) {
  bool ambiguous = false;
  Job* job = sh.jobs().find(spec, &ambiguous);
  if (job) return job;
  if (!ambiguous) return no_such_job(sh, spec);
  std::string text = spec;
  if (text.starts_with("%")) text.erase(0, 1);
  if (text.starts_with("?")) text.erase(0, 1);
  sh.builtin_error(text + ": ambiguous job spec");
  return nullptr;
}

Job* find_job_or_pid(Shell& sh, const std::string& spec) {
  auto pid = small_number(spec);
  if (!pid) return find_job(sh, spec);
  Job* job = sh.jobs().by_pid(*pid);
  return job ? job : no_such_job(sh, spec);
}

Job* current_job(Shell& sh) {
  Job* job = sh.jobs().by_id(sh.jobs().current());
  return job ? job : no_such_job(sh, "current");
}

bool need_job_control(Shell& sh) {
  if (sh.options()[Option::Monitor]) return true;
  sh.builtin_error("no job control");
  return false;
}

}  // namespace nacre
