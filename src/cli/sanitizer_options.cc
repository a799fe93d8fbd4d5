// In sanitizer builds only: how the tests want AddressSanitizer, also where they clear the environment. The process ends
// without freeing what its end frees, and fibers have stacks of their own.
// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() { return "detect_stack_use_after_return=0:detect_leaks=0"; }
// NOLINTEND(bugprone-reserved-identifier)
