;; 193 bytes of code, made from 6 bytes
(func $at_0100 (;4;) (type 0) (param $wst i32) (param $rst i32) (param $fuel i32) (result i64)
  (local $free i32) (local $result i64) (local i32 i32 i32 i32 i32 i32 i32)
  local.get $wst
  i32.const 8
  i32.shl
  local.get $rst
  i32.or
  local.set $free
  local.get $fuel
  i32.const 263
  i32.le_s
  local.get $wst
  i32.const 0
  i32.sub
  i32.const 250
  i32.gt_u
  i32.or
  local.get $rst
  i32.const 0
  i32.sub
  i32.const 253
  i32.gt_u
  i32.or
  if ;; label = @1
    local.get $fuel
    i64.extend_i32_u
    i64.const 32
    i64.shl
    local.get $free
    i32.const 16777216
    i32.add
    i64.extend_i32_u
    i64.or
    return
  end
  local.get $wst
  i32.load16_u offset=197121 align=1
  local.set 5
  local.get $wst
  i32.load16_u offset=197123 align=1
  local.set 6
  local.get 6
  local.get 5
  i32.add
  i32.const 65535
  i32.and
  local.set 7
  local.get $wst
  i32.load8_u offset=197125
  local.set 8
  local.get $rst
  i32.load8_u offset=197377
  local.set 9
  local.get $rst
  i32.load8_u offset=197378
  local.set 10
  local.get 10
  if (result i32) ;; label = @1
    local.get 9
    local.get 10
    i32.div_u
  else
    i32.const 0
  end
  local.set 11
  local.get $wst
  local.get 7
  i32.const 8
  i32.shr_u
  i32.store8 offset=197125
  local.get $wst
  local.get 8
  i32.store8 offset=197124
  local.get $wst
  local.get 11
  i32.store8 offset=197123
  local.get $wst
  local.get 10
  i32.store8 offset=197122
  local.get $fuel
  i64.extend_i32_u
  i64.const 32
  i64.shl
  local.get $free
  i32.const 17170946
  i32.add
  i64.extend_i32_u
  i64.or
  return
  unreachable
)
