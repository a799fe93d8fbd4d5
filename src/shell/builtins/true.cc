/// : true false - do nothing, with a status.
/// Source: bash manual 4.1; POSIX XCU colon, true, false.
#include "shell/shell.h"

namespace nacre {
namespace {

int run_true(Shell&, Args&) { return 0; }
int run_false(Shell&, Args&) { return 1; }

}  // namespace

Builtin colon_builtin() { return {":", run_true, kSpecial, ":", "Does nothing, successfully. Its arguments are still expanded."}; }
Builtin true_builtin() { return {"true", run_true, 0, "true", "Does nothing, successfully."}; }
Builtin false_builtin() { return {"false", run_false, 0, "false", "Does nothing, and fails."}; }

}  // namespace nacre
