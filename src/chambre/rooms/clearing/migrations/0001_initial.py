import django.db.models.deletion
from django.db import migrations, models

from chambre.core.db.append_only import ProtectTable
from chambre.core.db.together import Together


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_guards_by_key'),
        ('registry', '0001_initial'),
        ('treasury', '0007_credit_bounds'),
    ]

    operations = [
        Together([
            migrations.CreateModel(
                name='Obligation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('debtor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent', verbose_name='who owes')),
                    ('creditor', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent', verbose_name='whom they owe')),
                    ('amount', models.BigIntegerField(verbose_name='amount')),
                    ('cleared', models.BigIntegerField(default=0, verbose_name='set off')),
                    ('reference', models.CharField(max_length=60, verbose_name='reference')),
                    ('day', models.DateField(verbose_name='day')),
                    ('due', models.DateField(blank=True, null=True, verbose_name='due day')),
                    ('source', models.CharField(choices=[('promise', 'promise'), ('table', 'table'), ('invoice', 'invoice')], max_length=8, verbose_name='from')),
                    ('state', models.CharField(choices=[('proposed', 'waits for the debtor'), ('accepted', 'accepted'), ('declined', 'declined'), ('withdrawn', 'taken back')], max_length=9, verbose_name='state')),
                    ('invoice', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.invoice')),
                    ('purchase', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='treasury.purchase')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('by', models.CharField(max_length=254, verbose_name='by')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('decided_by', models.CharField(blank=True, default='', max_length=254, verbose_name='decided by')),
                    ('decided_at', models.DateTimeField(null=True)),
                ],
                options={
                    'verbose_name': 'obligation',
                    'ordering': ['-day', '-id'],
                    'indexes': [models.Index(fields=['debtor', 'state'], name='clearing_by_debtor'), models.Index(fields=['creditor', 'state'], name='clearing_by_creditor')],
                    'constraints': [models.CheckConstraint(condition=models.Q(('amount__gt', 0)), name='clearing_owed_something'), models.CheckConstraint(condition=models.Q(('cleared__gte', 0), ('cleared__lte', models.F('amount'))), name='clearing_no_more'), models.CheckConstraint(condition=models.Q(('debtor', models.F('creditor')), _negated=True), name='clearing_not_to_oneself'), models.UniqueConstraint(condition=models.Q(('invoice__isnull', False), ('state__in', ['proposed', 'accepted'])), fields=('invoice',), name='clearing_invoice_once'), models.UniqueConstraint(condition=models.Q(('purchase__isnull', False), ('state__in', ['proposed', 'accepted'])), fields=('purchase',), name='clearing_purchase_once')],
                },
            ),
            migrations.CreateModel(
                name='Round',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('name', models.CharField(max_length=140, verbose_name='name')),
                    ('chamber', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('state', models.CharField(choices=[('computing', 'being worked out'), ('proposed', 'waits for answers'), ('booked', 'booked'), ('ended', 'ended without booking')], default='computing', max_length=9, verbose_name='state')),
                    ('number', models.PositiveIntegerField(default=1, verbose_name='computation')),
                    ('days', models.PositiveSmallIntegerField(default=7, verbose_name='days to answer')),
                    ('answer_by', models.DateField(null=True, verbose_name='answer by')),
                    ('max_ring', models.PositiveSmallIntegerField(null=True, verbose_name='members per ring, at most')),
                    ('even', models.BooleanField(default=True, verbose_name='spread evenly')),
                    ('key', models.CharField(max_length=120, unique=True, verbose_name='idempotency key')),
                    ('by', models.CharField(max_length=254, verbose_name='by')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                    ('booked_on', models.DateField(null=True, verbose_name='booked on')),
                ],
                options={
                    'verbose_name': 'clearing round',
                    'ordering': ['-id'],
                    'constraints': [models.CheckConstraint(condition=models.Q(('max_ring__isnull', True), ('max_ring__gte', 2), _connector='OR'), name='clearing_ring_of_two'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'booked'), _negated=True), ('booked_on__isnull', False), _connector='OR'), name='clearing_booked_day')],
                },
            ),
            migrations.CreateModel(
                name='RoundMember',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='members', to='clearing.round')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                ],
                options={
                    'ordering': ['round_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('round', 'agent'), name='clearing_member_once')],
                },
            ),
            migrations.CreateModel(
                name='Computation',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='computations', to='clearing.round')),
                    ('number', models.PositiveIntegerField(verbose_name='computation')),
                    ('total', models.BigIntegerField(verbose_name='owed in all')),
                    ('cleared', models.BigIntegerField(verbose_name='set off')),
                    ('bound', models.BigIntegerField(verbose_name='at most')),
                    ('obligations', models.PositiveIntegerField(verbose_name='obligations')),
                    ('concerned', models.PositiveIntegerField(verbose_name='concerned')),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'ordering': ['round_id', '-number'],
                    'constraints': [models.UniqueConstraint(fields=('round', 'number'), name='clearing_computed_once'), models.CheckConstraint(condition=models.Q(('cleared__gte', 0), ('cleared__lte', models.F('total'))), name='clearing_within')],
                },
            ),
            migrations.CreateModel(
                name='Part',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('computation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='clearing.computation')),
                    ('obligation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='parts', to='clearing.obligation')),
                    ('owed', models.BigIntegerField(verbose_name='open before')),
                    ('amount', models.BigIntegerField(verbose_name='set off')),
                ],
                options={
                    'ordering': ['computation_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('computation', 'obligation'), name='clearing_part_once'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lte', models.F('owed'))), name='clearing_part_within')],
                },
            ),
            migrations.CreateModel(
                name='Ring',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('computation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='rings', to='clearing.computation')),
                    ('number', models.PositiveIntegerField(verbose_name='number')),
                    ('amount', models.BigIntegerField(verbose_name='amount')),
                ],
                options={
                    'ordering': ['computation_id', 'number'],
                    'constraints': [models.UniqueConstraint(fields=('computation', 'number'), name='clearing_ring_number')],
                },
            ),
            migrations.CreateModel(
                name='RingPlace',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('ring', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='places', to='clearing.ring')),
                    ('position', models.PositiveIntegerField(verbose_name='position')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                ],
                options={
                    'ordering': ['ring_id', 'position'],
                    'constraints': [models.UniqueConstraint(fields=('ring', 'position'), name='clearing_place_once'), models.UniqueConstraint(fields=('ring', 'agent'), name='clearing_place_of_one')],
                },
            ),
            migrations.CreateModel(
                name='Answer',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('computation', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='answers', to='clearing.computation')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('agrees', models.BooleanField(verbose_name='agrees')),
                    ('effect', models.CharField(max_length=64, verbose_name='digest of the effect')),
                    ('kept', models.BooleanField(default=False, verbose_name='from the computation before')),
                    ('by', models.CharField(max_length=254)),
                    ('at', models.DateTimeField(auto_now_add=True)),
                ],
                options={
                    'ordering': ['computation_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('computation', 'agent'), name='clearing_answer_once')],
                },
            ),
            migrations.CreateModel(
                name='Booking',
                fields=[
                    ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                    ('round', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='bookings', to='clearing.round')),
                    ('agent', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='registry.agent')),
                    ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.journalentry')),
                    ('amount', models.BigIntegerField(verbose_name='set off on each side')),
                ],
                options={
                    'ordering': ['round_id', 'id'],
                    'constraints': [models.UniqueConstraint(fields=('round', 'agent'), name='clearing_booked_once')],
                },
            ),
        ]),
        *(ProtectTable(model) for model in ('RoundMember', 'Computation', 'Part', 'Ring', 'RingPlace', 'Answer', 'Booking',)),
    ]
