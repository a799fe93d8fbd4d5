/// Jobs as operands of builtins.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

/// The job a specification names; null after "NAME: X: no such job" or "ambiguous job spec" was reported.
Job* find_job(Shell& sh, const std::string& spec);
/// The same for a pid (digits) or a job specification: disown.
Job* find_job_or_pid(Shell& sh, const std::string& spec);
/// The current job; null after "NAME: current: no such job".
Job* current_job(Shell& sh);
/// False after "NAME: no job control".
bool need_job_control(Shell& sh);

}  // namespace nacre
