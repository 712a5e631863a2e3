"""Runs the machine code that reads the counter of a processor on an emulated processor (Unicorn, which is QEMU).

    machine_code.py ARCHITECTURE HEX

Calls the code three times, as a function without arguments, and prints what it returns each time. Fails when it does
not return to its caller within its instructions, or changes a register that belongs to the caller.
"""

import sys

from unicorn import UC_ARCH_ARM64, UC_ARCH_X86, UC_MODE_64, UC_MODE_ARM, Uc
from unicorn import arm64_const as arm
from unicorn import x86_const as x86

CODE, STACK, CALLER, PAGE = 0x10000, 0x20000, 0x30000, 0x1000
MARK = 0x1122334455667788

# What a function must leave as it was: System V AMD64 ABI 3.2.1; Procedure Call Standard for the Arm 64-bit
# Architecture 6.1.1 (x19 to x28, the frame pointer).
X86_64_KEPT = [x86.UC_X86_REG_RBX, x86.UC_X86_REG_RBP] + [getattr(x86, f"UC_X86_REG_R{i}") for i in range(12, 16)]
AARCH64_KEPT = [getattr(arm, f"UC_ARM64_REG_X{i}") for i in range(19, 30)]


def check(fact, text):
    if not fact:
        sys.exit(text)


def call(architecture, code):
    is_x86 = architecture == "x86-64"
    machine = Uc(UC_ARCH_X86, UC_MODE_64) if is_x86 else Uc(UC_ARCH_ARM64, UC_MODE_ARM)
    for page in (CODE, STACK, CALLER):
        machine.mem_map(page, PAGE)
    machine.mem_write(CODE, code)
    kept = X86_64_KEPT if is_x86 else AARCH64_KEPT
    for number, register in enumerate(kept):
        machine.reg_write(register, MARK + number)
    stack, pointer, program, result = STACK + PAGE // 2, *(
        (x86.UC_X86_REG_RSP, x86.UC_X86_REG_RIP, x86.UC_X86_REG_RAX)
        if is_x86
        else (arm.UC_ARM64_REG_SP, arm.UC_ARM64_REG_PC, arm.UC_ARM64_REG_X0)
    )
    machine.reg_write(pointer, stack)
    machine.reg_write(result, 0)
    if is_x86:
        machine.mem_write(stack, CALLER.to_bytes(8, "little"))
        stack += 8  # the return takes the address away
    else:
        machine.reg_write(arm.UC_ARM64_REG_LR, CALLER)
    machine.emu_start(CODE, CALLER, count=10)
    check(machine.reg_read(program) == CALLER, "does not return to its caller")
    check(machine.reg_read(pointer) == stack, "moves the stack")
    for number, register in enumerate(kept):
        check(machine.reg_read(register) == MARK + number, "changes a register of its caller")
    return machine.reg_read(result)


for _ in range(3):
    print(call(sys.argv[1], bytes.fromhex(sys.argv[2])))
